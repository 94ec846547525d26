package dev.varve.server.api;

import dev.varve.health.TailSubscription;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.ApiKey;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The event streams under way in this process, at most 5 of a key and a bounded number in all. Each is
/// written by the thread of its request; a second one ends it when its time is over or its key dies, by force
/// when its client takes nothing. Thread-safe.
final class OpenStreams implements AutoCloseable {
    static final int MOST_PER_KEY = 5;
    private static final Logger LOG = LoggerFactory.getLogger(OpenStreams.class);
    private static final HeaderName NO_BUFFER = HeaderNames.create("X-Accel-Buffering");

    private final ApiServices.LiveEvents live;
    private final Semaphore places;
    private final Map<UUID, Integer> perKey = new ConcurrentHashMap<>();
    private final Set<TailSubscription> open = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    OpenStreams(ApiServices.LiveEvents live) {
        this.live = live;
        this.places = new Semaphore(live.most());
    }

    /// @throws ApiException 429 when the key has as many streams as it may, 503 while the server stops or has no
    /// room for one more
    ApiAnswer open(ApiKey key, Supplier<TailSubscription> subscribing, EventJson json) {
        if (isClosed) {
            throw new ApiException(ErrorCode.SERVICE_UNAVAILABLE, "the server is shutting down; connect again")
                    .retryAfter(Duration.ofSeconds(2));
        }
        take(key.id());
        try {
            TailSubscription subscription = subscribing.get();
            open.add(subscription);
            return ApiAnswer.endless(
                    (response, isKeyAlive) -> write(response, isKeyAlive, new Stream(key.id(), subscription, json)));
        } catch (RuntimeException e) {
            give(key.id());
            throw e;
        }
    }

    private record Stream(UUID keyId, TailSubscription subscription, EventJson json) {}

    /// The key's own limit first: waiting for others would not help it.
    private void take(UUID keyId) {
        takeOfKey(keyId);
        if (!places.tryAcquire()) {
            giveOfKey(keyId);
            throw new ApiException(
                            ErrorCode.SERVICE_UNAVAILABLE,
                            "the server has as many streams open as it can; try again, or poll the list of events")
                    .retryAfter(live.heartbeat());
        }
    }

    private void give(UUID keyId) {
        places.release();
        giveOfKey(keyId);
    }

    private void takeOfKey(UUID keyId) {
        perKey.compute(keyId, (_, now) -> {
            int taken = now == null ? 0 : now;
            if (taken >= MOST_PER_KEY) {
                throw new ApiException(
                                ErrorCode.RATE_LIMITED,
                                "the key has " + taken + " streams open, which is the most it may have",
                                Map.of("reason", "concurrent_streams"))
                        .retryAfter(live.heartbeat());
            }
            return taken + 1;
        });
    }

    private void giveOfKey(UUID keyId) {
        perKey.computeIfPresent(keyId, (_, taken) -> taken == 1 ? null : taken - 1);
    }

    private void write(ServerResponse response, BooleanSupplier isKeyAlive, Stream stream) {
        CountDownLatch done = new CountDownLatch(1);
        Thread writer = Thread.currentThread();
        TailSubscription subscription = stream.subscription();
        Thread.ofVirtual().name("stream-guard").start(() -> guard(subscription, isKeyAlive, done, writer));
        try (subscription) {
            if (isClosed) {
                subscription.end();
            }
            response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
            response.header(HeaderNames.CACHE_CONTROL, "no-store");
            response.header(NO_BUFFER, "no");
            try (OutputStream out = response.outputStream()) {
                new EventStreamWriter(out, stream.json(), live.heartbeat()).write(subscription);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("stream.client_gone", e);
        } catch (InterruptedException e) {
            LOG.debug("stream.interrupted", e);
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("stream.failed");
        } finally {
            done.countDown();
            open.remove(subscription);
            give(stream.keyId());
        }
    }

    private void guard(TailSubscription subscription, BooleanSupplier isKeyAlive, CountDownLatch done, Thread writer) {
        long end = System.nanoTime() + live.lifetime().toNanos();
        try {
            while (!done.await(patience(end), TimeUnit.NANOSECONDS)) {
                if (System.nanoTime() - end >= 0 || !isAlive(isKeyAlive)) {
                    subscription.end();
                    if (!done.await(live.keyCheck().toNanos(), TimeUnit.NANOSECONDS)) {
                        writer.interrupt(); // its client takes nothing, so it cannot see that it is to end
                    }
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long patience(long end) {
        return Math.max(1, Math.min(live.keyCheck().toNanos(), end - System.nanoTime()));
    }

    /// A store that does not answer says nothing about the key.
    private static boolean isAlive(BooleanSupplier isKeyAlive) {
        try {
            return isKeyAlive.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.debug("stream.key_unknown", e);
            return true;
        }
    }

    @Override
    public void close() {
        isClosed = true;
        open.forEach(TailSubscription::end);
    }
}
