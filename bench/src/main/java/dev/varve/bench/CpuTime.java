package dev.varve.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

/// Processor time, user and system. Time per event tells what a quiet machine would do, also on one that is busy
/// otherwise.
final class CpuTime {
    /// `USER_HZ` is 100 on every Linux this runs on.
    private static final long MILLIS_PER_TICK = 10;

    private CpuTime() {}

    /// Of this process alone.
    static Duration of(ProcessHandle process) throws IOException {
        return duration(fields(process).limit(2).sum());
    }

    /// Of this process and of what it started, children that have ended among them.
    static Duration ofFamily(ProcessHandle process) throws IOException {
        long ticks = fields(process).sum();
        for (ProcessHandle child : process.children().toList()) {
            ticks += fields(child).sum();
        }
        return duration(ticks);
    }

    private static Duration duration(long ticks) {
        return Duration.ofMillis(ticks * MILLIS_PER_TICK);
    }

    /// `utime`, `stime`, `cutime` and `cstime`: the 14th to 17th field; the name before them may hold blanks.
    private static LongStream fields(ProcessHandle process) throws IOException {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            String rest = stat.substring(stat.lastIndexOf(')') + 2).strip();
            return List.of(rest.split(" ")).subList(11, 15).stream().mapToLong(Long::parseLong);
        } catch (NoSuchFileException e) {
            return LongStream.empty(); // it has just ended; its parent has its time
        }
    }
}
