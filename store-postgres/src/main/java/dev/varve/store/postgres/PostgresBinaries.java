package dev.varve.store.postgres;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.tukaani.xz.XZInputStream;

/// The PostgreSQL programs that travel inside the jar, unpacked once per version into a directory of their own.
final class PostgresBinaries {
    private PostgresBinaries() {}

    /// Unpacks into `parent/pg-bin-<version>` unless that is there already, and returns it. A crash half-way leaves
    /// only a `….tmp` directory, which the next start replaces.
    static Path unpack(Path parent) {
        try {
            URL resource = resource();
            Path target = parent.resolve("pg-bin-" + version(resource));
            if (!Files.isDirectory(target)) {
                Path half = parent.resolve(target.getFileName() + ".tmp");
                deleteTree(half);
                Files.createDirectories(half);
                try (InputStream in = new XZInputStream(new BufferedInputStream(resource.openStream()))) {
                    untar(new DataInputStream(new BufferedInputStream(in, 1 << 16)), half);
                }
                Files.move(half, target);
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException("the embedded PostgreSQL could not be unpacked into " + parent, e);
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(root)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }

    private static URL resource() {
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String name = arch.equals("aarch64") || arch.equals("arm64")
                ? "postgres-linux-arm_64.txz"
                : "postgres-linux-x86_64.txz";
        URL url = PostgresBinaries.class.getResource("/" + name);
        if (url == null) {
            throw new IllegalStateException(
                    "this build carries no PostgreSQL for " + arch + "; set VARVE_DATABASE_URL to use one of your own");
        }
        return url;
    }

    /// Names the content, so that a new release of the binaries gets a new directory.
    private static String version(URL resource) throws IOException {
        URLConnection connection = resource.openConnection();
        if (connection instanceof JarURLConnection jar) {
            return Long.toHexString(jar.getJarEntry().getCrc());
        }
        return Long.toHexString(connection.getContentLengthLong());
    }

    private static void untar(DataInputStream in, Path root) throws IOException {
        byte[] header = new byte[512];
        String longName = "";
        while (true) {
            in.readFully(header);
            if (header[0] == 0) {
                return;
            }
            long size = Long.parseLong(text(header, 124, 12), 8);
            byte type = header[156];
            if (type == 'L') {
                longName = longName(in, size);
                continue;
            }
            String prefix = text(header, 345, 155);
            String name = longName.isEmpty() ? (prefix.isEmpty() ? "" : prefix + "/") + text(header, 0, 100) : longName;
            longName = "";
            entry(in, inside(root, name), type, size, header);
        }
    }

    private static void entry(DataInputStream in, Path path, byte type, long size, byte[] header) throws IOException {
        switch (type) {
            case '5' -> Files.createDirectories(path);
            case '2' -> {
                Files.createDirectories(path.getParent());
                Files.createSymbolicLink(path, Path.of(text(header, 157, 100)));
            }
            case '0', 0 -> {
                Files.createDirectories(path.getParent());
                try (var out = Files.newOutputStream(path)) {
                    copy(in, out, size);
                }
                boolean executable = (Integer.parseInt(text(header, 100, 8), 8) & 0100) != 0;
                Files.setPosixFilePermissions(
                        path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                in.skipNBytes(padding(size));
            }
            default -> in.skipNBytes(size + padding(size)); // a foreign format, open by nature: extended headers
        }
    }

    private static void copy(InputStream in, java.io.OutputStream out, long size) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long left = size;
        while (left > 0) {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                throw new IOException("the archive ends early");
            }
            out.write(buffer, 0, n);
            left -= n;
        }
    }

    private static String longName(DataInputStream in, long size) throws IOException {
        byte[] bytes = in.readNBytes((int) size);
        in.skipNBytes(padding(size));
        return text(bytes, 0, bytes.length);
    }

    private static Path inside(Path root, String name) throws IOException {
        Path path = root.resolve(name).normalize();
        if (!path.startsWith(root)) {
            throw new IOException("the archive names a file outside of itself");
        }
        return path;
    }

    private static long padding(long size) {
        return (512 - size % 512) % 512;
    }

    private static String text(byte[] bytes, int from, int length) {
        int end = from;
        while (end < from + length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, from, end - from, StandardCharsets.UTF_8).trim();
    }
}
