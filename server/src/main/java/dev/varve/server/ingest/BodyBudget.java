package dev.varve.server.ingest;

import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Bounds the memory that bodies hold together, so that many large requests at once wait for each other instead of
/// filling the heap. Small bodies are not counted: their number is bounded by the connections.
public final class BodyBudget {
    /// Bodies up to this size are free of charge.
    static final int FREE_BYTES = 64 * 1024;

    private final Semaphore kibibytes;
    private final Duration patience;

    /// `bytes`: in all, at least one largest body; `patience`: how long a request waits for its share.
    public BodyBudget(long bytes, Duration patience) {
        this.kibibytes = new Semaphore(
                Math.toIntExact(Math.max(bytes, IngestLimits.MAX_BODY_BYTES + 1024L * 1024) / 1024), true);
        this.patience = patience;
    }

    /// @throws ApiException 503 when the share does not become free in time
    Share share() {
        return new Share();
    }

    /// What one request holds; grows while it reads.
    final class Share implements AutoCloseable {
        private int held;

        void growTo(int bytes) {
            int wanted = bytes <= FREE_BYTES ? 0 : (bytes + 1023) / 1024;
            if (wanted <= held) {
                return;
            }
            try {
                if (!kibibytes.tryAcquire(wanted - held, patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw busy();
                }
                held = wanted;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw busy();
            }
        }

        @Override
        public void close() {
            kibibytes.release(held);
            held = 0;
        }
    }

    private static ApiException busy() {
        return new ApiException(ErrorCode.SERVICE_UNAVAILABLE, "too many large requests at once")
                .retryAfter(Duration.ofSeconds(1));
    }
}
