package dev.varve.store.postgres;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;

/// How the embedded server is started: always the same way on the same machine, for two cores.
///
/// `jit` costs more than it saves on short statements. With millions of events the pages of their indexes are written
/// whole into the write-ahead log after each checkpoint, more than 1 GB of them: checkpoints must not follow that
/// closely. And whoever reads must not have to write such a page out first to have room for another.
final class PostgresArguments {
    private PostgresArguments() {}

    static List<String> of(Path program, Path database, int port) {
        return List.of(
                program.toString(),
                "-D",
                database.toString(),
                "-p",
                Integer.toString(port),
                "-clisten_addresses=127.0.0.1",
                "-cunix_socket_directories=",
                "-cfsync=on",
                "-csynchronous_commit=on",
                "-cshared_buffers=" + sharedBuffers(memory()) + "MB",
                "-cmax_connections=60",
                "-cmax_wal_size=8GB",
                "-ccheckpoint_timeout=15min",
                "-cmin_wal_size=256MB",
                "-cwal_buffers=16MB",
                "-cwal_level=minimal",
                "-cmax_wal_senders=0",
                "-ccheckpoint_completion_target=0.9",
                "-cjit=off",
                "-crandom_page_cost=1.1",
                "-cio_workers=2",
                "-cmax_parallel_workers_per_gather=0",
                "-cautovacuum_max_workers=2",
                "-cautovacuum_naptime=30s",
                "-clog_timezone=UTC",
                "-ctimezone=UTC",
                "-clog_min_error_statement=panic", // statements carry data, which has no place in a log
                "-clog_error_verbosity=terse"); // no DETAIL: it quotes the values of rows
    }

    /// In MiB: a sixteenth of the machine's memory, which is taken only as data needs it.
    static long sharedBuffers(long memoryBytes) {
        return Math.clamp((memoryBytes >> 20) / 16, 128, 1_024);
    }

    private static long memory() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }
}
