package dev.varve.server;

import dev.varve.server.config.HttpSettings;
import dev.varve.server.config.SettingsException;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ConnectionLoss;
import dev.varve.server.http.ErrorCode;
import dev.varve.server.http.ErrorEnvelope;
import dev.varve.server.http.ReadBuffers;
import dev.varve.server.http.RequestId;
import io.helidon.common.socket.SocketOptions;
import io.helidon.http.HttpException;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http2.Http2Config;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP listeners. Gives every request its id, turns every failure into the error envelope, and answers what no
/// route takes with 404.
final class FrontDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);
    private static final String INGEST = "ingest";
    private static final Duration DRAIN = Duration.ofSeconds(3);

    private final WebServer server;
    private final boolean hasIngestPort;

    private FrontDoor(WebServer server, boolean hasIngestPort) {
        this.server = server;
        this.hasIngestPort = hasIngestPort;
    }

    /// Opens the port, and the ingest port if there is one.
    static FrontDoor open(HttpSettings settings, Consumer<HttpRules> routes, Consumer<HttpRules> ingestRoutes) {
        WebServerConfig.Builder builder = WebServer.builder();
        configure(builder, settings.bind(), settings.port(), UnreadableRequests.ofTheApi(), routes);
        settings.ingestPort()
                .ifPresent(port -> builder.putSocket(
                        INGEST,
                        ListenerConfig.builder()
                                .update(l -> configure(
                                        l, settings.bind(), port, UnreadableRequests.ofIngest(), ingestRoutes))
                                .build()));
        WebServer server = builder.shutdownHook(false).build().start();
        if (!server.isRunning()) { // Helidon logs a listener that cannot open, and returns as if nothing were wrong
            server.stop();
            throw new SettingsException("The server's ports could not be opened; the log says which.");
        }
        return new FrontDoor(server, settings.ingestPort().isPresent());
    }

    int port() {
        return server.port();
    }

    int ingestPort() {
        return hasIngestPort ? server.port(INGEST) : server.port();
    }

    /// Stops accepting and waits for the requests under way.
    @Override
    public void close() {
        server.stop();
    }

    private static void configure(
            ListenerConfig.BuilderBase<?, ?> listener,
            String bind,
            int port,
            UnreadableRequests unreadable,
            Consumer<HttpRules> routes) {
        listener.host(bind)
                .port(port)
                .backlog(1024)
                // The routes' own readers keep the limits, and read a refused body out before they answer.
                .maxPayloadSize(-1)
                .shutdownGracePeriod(DRAIN)
                .idleConnectionTimeout(Duration.ofMinutes(2))
                .connectionOptions(SocketOptions.builder()
                        .tcpNoDelay(true)
                        .readTimeout(Duration.ofSeconds(30))
                        .build())
                .contentEncoding(new RawBodies())
                .protocolsDiscoverServices(false)
                .addProtocol(Http1Config.builder()
                        .validateRequestHostHeader(false)
                        // Lists may be named with [] after the name, which the grammar of URIs does not allow.
                        .validatePrologue(false)
                        // A path that names nothing is the routes' to refuse, with the envelope that belongs to them.
                        .validatePath(false)
                        // 50 event names of 128 characters, as long as encoding makes them.
                        .maxPrologueLength(32 << 10)
                        .build())
                // Cleartext, by upgrade from HTTP/1.1 or known beforehand; each stream costs a thread and its window.
                .addProtocol(Http2Config.builder()
                        .maxConcurrentStreams(100)
                        .initialWindowSize(1 << 18)
                        .validatePath(false)
                        .build())
                .directHandlers(unreadable.handlers())
                .routing(routing(unreadable, routes));
    }

    private static HttpRouting.Builder routing(UnreadableRequests unreadable, Consumer<HttpRules> routes) {
        HttpRouting.Builder routing = HttpRouting.builder();
        routing.addFilter((chain, request, response) -> {
            RequestId.assign(request, response);
            if (UnreadableRequests.isDecodable(request)) {
                chain.proceed();
            } else {
                refuse(request, response, unreadable.unreadable(request.path().rawPath()));
            }
            ReadBuffers.forget(request);
        });
        routes.accept(routing);
        routing.any((request, response) -> refuse(request, response, ApiException.notFound("Route")));
        routing.error(ApiException.class, FrontDoor::refuse);
        routing.error(
                HttpException.class,
                (request, response, e) -> refuse(
                        request,
                        response,
                        unreadable.translate(e.status(), request.path().rawPath(), e)));
        routing.error(Exception.class, FrontDoor::fail);
        return routing;
    }

    private static void fail(ServerRequest request, ServerResponse response, Exception e) {
        if (ConnectionLoss.isBehind(e)) {
            refuse(request, response, UnreadableRequests.unavailable());
            return;
        }
        LOG.atError()
                .addKeyValue("requestId", RequestId.of(request))
                .addKeyValue("method", request.prologue().method().text())
                .setCause(e)
                .log("request.failed");
        refuse(request, response, new ApiException(ErrorCode.INTERNAL_ERROR, "something went wrong here"));
    }

    private static void refuse(ServerRequest request, ServerResponse response, ApiException error) {
        if (response.isSent()) {
            return;
        }
        String id = RequestId.of(request);
        response.header(RequestId.HEADER, id);
        ErrorEnvelope.send(request, response, error, id);
    }
}
