package dev.varve.server;

import dev.varve.server.config.Settings;
import dev.varve.server.observe.LogOutput;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server from its start to SIGTERM: drains, then ends the process with 0 in under 10 s whatever hangs.
public final class Running {
    private static final Logger LOG = LoggerFactory.getLogger(Running.class);
    private static final Duration DRAIN_LIMIT = Duration.ofMillis(9_300);

    private Running() {}

    /// Something that lives beside the server, such as the demo's traffic: started after it, closed before it.
    @FunctionalInterface
    public interface Guest {
        AutoCloseable join(Bootstrap bootstrap, String sandboxUrl);
    }

    /// Starts, prints where to find it, and blocks for the life of the process.
    static void start(Settings settings) {
        run(() -> Assembly.start(settings), settings, (_, _) -> () -> {});
    }

    /// The same with the sandbox in place of the ad platforms, and a guest.
    public static void demo(Settings settings, Guest guest) {
        run(() -> Assembly.startOnSandbox(settings), settings, guest);
    }

    /// The hook stands before the start: a signal that comes early waits for the start to end, so that no database is
    /// left running.
    private static void run(Supplier<Assembly> start, Settings settings, Guest guest) {
        CompletableFuture<Runnable> started = new CompletableFuture<>();
        Thread hook = drainOnSignal(() -> started.join().run());
        try {
            started.complete(open(start, settings, guest));
        } catch (RuntimeException e) {
            started.complete(() -> {});
            forget(hook);
            throw e;
        }
        awaitSignal();
    }

    /// Answers what closes everything that was opened.
    private static Runnable open(Supplier<Assembly> start, Settings settings, Guest guest) {
        Assembly assembly = start.get();
        try {
            print(assembly.bootstrap(), settings);
            AutoCloseable joined = guest.join(assembly.bootstrap(), assembly.sandboxUrl());
            return () -> {
                closeQuietly(joined);
                assembly.close();
            };
        } catch (RuntimeException e) {
            assembly.close();
            throw e;
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("a signal came during the failed start", e);
        }
    }

    private static void print(Bootstrap bootstrap, Settings settings) {
        System.out.printf(
                """
                Varve is running.
                  Partner API  %s/v1
                  Ingest       %s/l/events
                  Dashboard    %s
                  First key    in %s
                """,
                bootstrap.apiUrl(),
                bootstrap.ingestUrl(),
                bootstrap.dashboardUrl(),
                Bootstrap.file(settings.installation().data()));
        System.out.flush();
    }

    private static Thread drainOnSignal(Runnable drain) {
        Thread hook = new Thread(() -> drainAndHalt(drain), "drain");
        Runtime.getRuntime().addShutdownHook(hook);
        return hook;
    }

    private static void awaitSignal() {
        CountDownLatch never = new CountDownLatch(1);
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The hook ends the process itself: after a signal the JVM would exit with 143.
    private static void drainAndHalt(Runnable drain) {
        LOG.info("server.draining");
        Thread work = Thread.ofPlatform().daemon().name("drain-work").start(drain);
        try {
            if (!work.join(DRAIN_LIMIT)) {
                LOG.warn("server.drain_overran"); // what was not settled continues at the next start
            } else {
                LOG.info("server.stopped");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LogOutput.finish();
        Runtime.getRuntime().halt(0);
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            LOG.warn("close.failed", e);
        }
    }

    /// The platform simulators alone, for anybody's tests; with their control routes.
    static void sandbox(int port) {
        Ports.requireFree("127.0.0.1", port, "port");
        Sandboxes.Sandbox sandbox = Sandboxes.openAlone("127.0.0.1", port);
        System.out.printf("The platform sandbox is running at %s%n", sandbox.url());
        System.out.flush();
        drainOnSignal(() -> closeQuietly(sandbox.closeable()));
        awaitSignal();
    }
}
