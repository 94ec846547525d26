package dev.varve.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.varve.sandbox.meta.MetaSimulator;
import dev.varve.sandbox.sim.Delivery;
import dev.varve.sandbox.sim.Incoming;
import dev.varve.sandbox.sim.ReceivedRequest;
import dev.varve.sandbox.sim.Reply;
import dev.varve.sandbox.sim.Simulation;
import dev.varve.sandbox.tiktok.TikTokSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A local server that imitates the ad platforms' endpoints faithfully, with faults on demand. Opens no outgoing
/// connection; the same input gets the same answer.
///
/// Serves Meta (`/v26.0/…`), TikTok (`/open_api/v1.3/…`), a page at `/` and, when the options say so, the control
/// routes `/__sim/…`.
public final class SandboxServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxServer.class);

    static {
        // Without this every answer waits for the client's delayed acknowledgement, 40 ms.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final CountDownLatch closing = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ReplyWriter writer = new ReplyWriter(closing);
    private final HttpServer server;
    private final HttpServer redirected;
    private final Simulation simulation;
    private final boolean hasControlRoutes;
    private final MetaSimulator meta;
    private final TikTokSimulator tiktok;
    private final ControlRoutes control;
    private final SandboxPage page;
    private final String url;

    private SandboxServer(InetSocketAddress bind, SandboxOptions options) throws IOException {
        server = HttpServer.create(bind, 1024);
        redirected = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        url = urlOf(server);
        hasControlRoutes = options.controlRoutes();
        simulation = new Simulation(options.clock(), options.knownPixels(), options.acceptedTokens(), options.bounds());
        meta = new MetaSimulator(simulation, url, urlOf(redirected));
        tiktok = new TikTokSimulator(simulation, urlOf(redirected));
        control = new ControlRoutes(simulation, tiktok::reset);
        page = new SandboxPage(simulation, url, hasControlRoutes);
    }

    /// Listens at once; port 0 takes a free one. Throws UncheckedIOException when the address cannot be bound.
    public static SandboxServer start(InetSocketAddress bind, SandboxOptions options) {
        try {
            SandboxServer sandbox = new SandboxServer(bind, options);
            sandbox.listen();
            LOG.atInfo().addKeyValue("url", sandbox.url).log("sandbox.started");
            return sandbox;
        } catch (IOException cannotBind) {
            throw new UncheckedIOException("the sandbox cannot listen on " + bind, cannotBind);
        }
    }

    private void listen() {
        server.createContext("/", this::serve);
        server.setExecutor(threads);
        server.start();
        redirected.createContext("/", exchange -> {
            simulation.redirectHits().incrementAndGet();
            writer.write(exchange, Reply.text(200, "redirected"));
        });
        redirected.setExecutor(threads);
        redirected.start();
    }

    /// Scheme, host and port, without a trailing slash.
    public String url() {
        return url;
    }

    private static String urlOf(HttpServer server) {
        InetSocketAddress address = server.getAddress();
        InetAddress bound = address.getAddress();
        String host = bound.isAnyLocalAddress() ? "127.0.0.1" : bound.getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private void serve(HttpExchange exchange) {
        try {
            Incoming in = new Incoming(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getRawPath(),
                    exchange.getRequestURI().getRawQuery(),
                    exchange.getRequestHeaders(),
                    exchange.getRequestBody(),
                    simulation.bounds().bodyBytes());
            if (hasControlRoutes && in.path().startsWith("/__sim/")) {
                control(exchange, in);
            } else {
                writer.write(exchange, recorded(in));
            }
        } catch (IOException gone) {
            LOG.debug("sandbox.connection_lost", gone);
            exchange.close();
        } catch (RuntimeException defect) {
            LOG.error("sandbox.failed path={}", exchange.getRequestURI().getRawPath(), defect);
            exchange.close();
        }
    }

    private void control(HttpExchange exchange, Incoming in) throws IOException {
        if (in.path().equals("/__sim/event-ids") && in.method().equals("GET")) {
            control.streamIds(exchange, in);
        } else {
            writer.write(exchange, control.answer(in));
        }
    }

    private Reply recorded(Incoming in) throws IOException {
        boolean isMeta = MetaSimulator.serves(in.path());
        boolean isTikTok = TikTokSimulator.serves(in.path());
        if (!isMeta && !isTikTok) {
            return in.path().equals("/") ? page.render() : Reply.text(404, "not found\n");
        }
        Reply reply = isMeta ? meta.answer(in) : tiktok.answer(in);
        if (!(reply.delivery() instanceof Delivery.Dropped)) {
            in.body();
        }
        simulation
                .requests()
                .add(number -> ReceivedRequest.of(number, simulation.clock().instant(), in, reply.status()));
        return reply;
    }

    /// Ends every connection, also those that a fault keeps open.
    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        redirected.stop(0);
        threads.shutdownNow();
    }
}
