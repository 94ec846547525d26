package dev.varve.server.api;

import dev.varve.audit.AuditTrail;
import dev.varve.audit.AuditTrail.Row;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes audit rows beside the requests that caused them. Bounded: rows that find no room are dropped and counted in
/// the log, so a slow store never holds up a request. Thread-safe.
final class BackgroundAudit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundAudit.class);
    private static final int ROOM = 10_000;
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final AuditTrail trail;
    private final BlockingQueue<Row> waiting = new ArrayBlockingQueue<>(ROOM);
    private final Thread writer;
    private volatile boolean isClosed;

    BackgroundAudit(AuditTrail trail) {
        this.trail = trail;
        this.writer = Thread.ofVirtual().name("audit").start(this::write);
    }

    void offer(Row row) {
        if (!waiting.offer(row)) {
            LOG.atWarn().addKeyValue("eventType", row.eventType()).log("audit.dropped");
        }
    }

    /// Writes what waits, for two seconds at most.
    @Override
    public void close() {
        isClosed = true;
        try {
            if (!writer.join(DRAIN)) {
                LOG.atWarn().addKeyValue("rows", waiting.size()).log("audit.unwritten");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        try {
            while (!isClosed || !waiting.isEmpty()) {
                Row row = waiting.poll(200, TimeUnit.MILLISECONDS);
                if (row != null) {
                    write(row);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Row row) {
        try {
            trail.record(row);
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("requestId", row.origin().requestId())
                    .addKeyValue("eventType", row.eventType())
                    .setCause(e)
                    .log("audit.failed");
        }
    }
}
