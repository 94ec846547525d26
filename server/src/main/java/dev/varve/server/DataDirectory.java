package dev.varve.server;

import dev.varve.server.config.SettingsException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/// The data directory, held by one process at a time through a lock the operating system drops when the process ends.
final class DataDirectory implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final FileLock lock;

    private DataDirectory(Path path, FileChannel channel, FileLock lock) {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
    }

    /// Makes the directory if needed and takes the lock.
    ///
    /// @throws SettingsException when another process has it, or it cannot be written
    static DataDirectory open(Path path) {
        try {
            if (!Files.exists(path)) {
                Files.createDirectories(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x--x")));
            }
            FileChannel channel =
                    FileChannel.open(path.resolve("varve.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new SettingsException(
                        "Another Varve uses the data directory " + path + "; stop it or choose another with --data.");
            }
            return new DataDirectory(path, channel, lock);
        } catch (IOException e) {
            throw new SettingsException("The data directory " + path + " cannot be used: " + reason(e) + ".");
        }
    }

    /// Java's own message of a file error is the path alone, or ends in the reason.
    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "this user may not write there";
            case FileAlreadyExistsException exists -> exists.getFile() + " is no directory";
            case FileSystemException other -> String.valueOf(other.getReason());
            default -> String.valueOf(e.getMessage());
        };
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try (channel) {
            lock.release();
        } catch (IOException e) {
            // The lock ends with the process at the latest.
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }
}
