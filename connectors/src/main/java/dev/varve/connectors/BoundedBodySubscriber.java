package dev.varve.connectors;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/// Collects a body up to a limit and hangs up on what exceeds it. A body that breaks off is no error here: the status
/// already arrived, the reader decides what half an answer means. Thread-safe.
final class BoundedBodySubscriber implements BodySubscriber<BoundedBody> {
    private final int limit;
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
    private final CompletableFuture<BoundedBody> result = new CompletableFuture<>();
    private @Nullable Subscription subscription;

    BoundedBodySubscriber(int limit) {
        this.limit = limit;
    }

    @Override
    public CompletionStage<BoundedBody> getBody() {
        return result;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        this.subscription = subscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public synchronized void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            byte[] chunk = new byte[Math.min(buffer.remaining(), limit - collected.size())];
            buffer.get(chunk);
            collected.writeBytes(chunk);
            if (buffer.hasRemaining()) {
                hangUp();
                return;
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        result.complete(brokenOff());
    }

    /// What came until now, when no more will come.
    synchronized BoundedBody brokenOff() {
        return new BoundedBody(collected.toByteArray(), false);
    }

    @Override
    public synchronized void onComplete() {
        result.complete(new BoundedBody(collected.toByteArray(), true));
    }

    private void hangUp() {
        if (subscription != null) {
            subscription.cancel();
        }
        result.complete(brokenOff());
    }
}
