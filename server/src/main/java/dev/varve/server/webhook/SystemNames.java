package dev.varve.server.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The operating system's name service, with a limit: it can take many seconds to say that it knows nothing.
public final class SystemNames implements Names {
    private static final Duration LIMIT = Duration.ofSeconds(3);

    @Override
    public List<InetAddress> addresses(String host) {
        FutureTask<List<InetAddress>> lookup = new FutureTask<>(() -> lookUp(host));
        Thread.ofVirtual().name("name-lookup").start(lookup);
        try {
            return lookup.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    private static List<InetAddress> lookUp(String host) {
        try {
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            return List.of();
        }
    }
}
