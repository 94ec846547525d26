package dev.varve.server.observe;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/// Sends what libraries log through `java.util.logging` to SLF4J, from WARNING up; what they say besides is chatter.
public final class JulBridge extends Handler {
    /// Replaces all handlers of the process.
    public static void install() {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.setLevel(Level.WARNING);
        root.addHandler(new JulBridge());
    }

    @Override
    public void publish(LogRecord line) {
        String name = line.getLoggerName() == null ? "java" : line.getLoggerName();
        boolean error = line.getLevel().intValue() >= Level.SEVERE.intValue();
        org.slf4j.Logger logger = LoggerFactory.getLogger(name);
        (error ? logger.atError() : logger.atWarn()).setCause(line.getThrown()).log(line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
