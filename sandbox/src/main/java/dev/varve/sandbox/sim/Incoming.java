package dev.varve.sandbox.sim;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// A request as it arrives; the body is read once, when first asked for. Used by one thread.
public final class Incoming {
    /// What came of reading a body.
    public sealed interface Body {
        @SuppressWarnings("ArrayRecordComponent")
        record Bytes(byte[] bytes) implements Body {}

        /// Larger than the sandbox takes, after unpacking.
        record TooLarge() implements Body {}

        /// Says gzip and is not.
        record Broken() implements Body {}
    }

    private final String method;
    private final String path;
    private final String rawQuery;
    private final Map<String, String> query;
    private final Map<String, List<String>> headers;
    private final InputStream stream;
    private final int maxBytes;
    private @Nullable Body body;

    public Incoming(
            String method,
            String path,
            @Nullable String rawQuery,
            Map<String, List<String>> headers,
            InputStream stream,
            int maxBytes) {
        this.method = method;
        this.path = path;
        this.rawQuery = rawQuery == null ? "" : rawQuery;
        this.query = form(this.rawQuery);
        this.headers = headers;
        this.stream = stream;
        this.maxBytes = maxBytes;
    }

    public String method() {
        return method;
    }

    public String path() {
        return path;
    }

    public String rawQuery() {
        return rawQuery;
    }

    public Map<String, List<String>> headers() {
        return headers;
    }

    public Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name));
    }

    /// Header by any spelling of its name.
    public Optional<String> header(String name) {
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            if (header.getKey().equalsIgnoreCase(name) && !header.getValue().isEmpty()) {
                return Optional.ofNullable(header.getValue().getFirst());
            }
        }
        return Optional.empty();
    }

    /// The media type in lower case, without parameters; empty when not given.
    public String contentType() {
        String type = header("Content-Type").orElse("");
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    }

    public Body body() throws IOException {
        Body read = body;
        if (read == null) {
            read = read();
            body = read;
        }
        return read;
    }

    /// The body if it was read and readable.
    public Optional<byte[]> bodyReadSoFar() {
        return body instanceof Body.Bytes(byte[] bytes) ? Optional.of(bytes) : Optional.empty();
    }

    private Body read() throws IOException {
        boolean packed = header("Content-Encoding").orElse("").strip().equalsIgnoreCase("gzip");
        if (!packed) {
            return limited(stream);
        }
        try (GZIPInputStream unpacked = new GZIPInputStream(stream, 8192)) {
            return limited(unpacked);
        } catch (ZipException | java.io.EOFException broken) {
            return new Body.Broken();
        }
    }

    private Body limited(InputStream source) throws IOException {
        byte[] bytes = source.readNBytes(maxBytes + 1);
        return bytes.length > maxBytes ? new Body.TooLarge() : new Body.Bytes(bytes);
    }

    /// Decodes `a=1&b=2`; the last of equal names wins.
    public static Map<String, String> form(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : text.split("&")) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            values.put(decoded(name), equals < 0 ? "" : decoded(pair.substring(equals + 1)));
        }
        return values;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return text;
        }
    }
}
