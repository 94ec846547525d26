package dev.varve.server.observe;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/// Where log lines go: a queue in memory, which one thread writes to standard error; see `logback.xml`.
public final class LogOutput {
    private LogOutput() {}

    /// Writes what waits, for half a second at most, and takes no more lines: for the moment before the process is
    /// halted.
    public static void finish() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
    }
}
