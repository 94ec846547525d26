package dev.varve.store.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// PostgreSQL refuses to run as root. This says as whom it runs, given who runs this process.
enum UnprivilegedUser {
    /// This process is not root: as the same user.
    SAME(List.of()),
    /// As `nobody`, who then owns the database's files.
    NOBODY(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")),
    /// Root without its powers, in a user namespace of its own: for data directories that `nobody` cannot reach,
    /// such as those below `/root`. The kernel must allow user namespaces.
    NAMESPACED(List.of("unshare", "-U"));

    private static final int NOBODY_ID = 65534;
    private final List<String> prefix;

    UnprivilegedUser(List<String> prefix) {
        this.prefix = prefix;
    }

    /// Chooses the first that can run `program` and enter `directory`.
    static UnprivilegedUser choose(Path program, Path directory) throws IOException, InterruptedException {
        if (!isRoot()) {
            return SAME;
        }
        for (UnprivilegedUser user : List.of(NOBODY, NAMESPACED)) {
            if (user.succeeds("sh", "-c", "cd \"$0\"", directory.toString())
                    && user.succeeds(program.toString(), "--version")) {
                return user;
            }
        }
        throw new IOException("PostgreSQL refuses to run as root, and neither user nobody can reach " + directory
                + " nor does this kernel allow user namespaces; start Varve as an ordinary user");
    }

    List<String> command(List<String> command) {
        List<String> whole = new ArrayList<>(prefix);
        whole.addAll(command);
        return whole;
    }

    /// Makes `root` and everything below it this user's own.
    void own(Path root) throws IOException {
        int id = this == NOBODY ? NOBODY_ID : 0;
        if (this == SAME || Integer.valueOf(id).equals(Files.getAttribute(root, "unix:uid"))) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(root)) {
            all = new ArrayList<>(walk.toList());
        }
        for (Path path : all.reversed()) { // the root last: its owner says that all is done
            Files.setAttribute(path, "unix:uid", id, java.nio.file.LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", id, java.nio.file.LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static boolean isRoot() throws IOException {
        return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    private boolean succeeds(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command(List.of(command)))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // the tool is not installed
        }
    }
}
