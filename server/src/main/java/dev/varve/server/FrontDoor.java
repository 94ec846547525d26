package dev.varve.server;

import dev.varve.component.Ulid;
import dev.varve.server.config.HttpSettings;
import dev.varve.server.config.SettingsException;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ConnectionLoss;
import dev.varve.server.http.ErrorCode;
import dev.varve.server.http.ErrorEnvelope;
import dev.varve.server.http.RequestId;
import dev.varve.server.ingest.IngestLimits;
import io.helidon.common.socket.SocketOptions;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http2.Http2Config;
import java.time.Duration;
import java.util.Map;
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
        configure(builder, settings.bind(), settings.port(), routes);
        settings.ingestPort()
                .ifPresent(port -> builder.putSocket(
                        INGEST,
                        ListenerConfig.builder()
                                .update(l -> configure(l, settings.bind(), port, ingestRoutes))
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
            ListenerConfig.BuilderBase<?, ?> listener, String bind, int port, Consumer<HttpRules> routes) {
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
                        // 50 event names of 128 characters, as long as encoding makes them.
                        .maxPrologueLength(32 << 10)
                        .build())
                // Cleartext, by upgrade from HTTP/1.1 or known beforehand; each stream costs a thread and its window.
                .addProtocol(Http2Config.builder()
                        .maxConcurrentStreams(100)
                        .initialWindowSize(1 << 18)
                        .build())
                .directHandlers(directHandlers())
                .routing(routing(routes));
    }

    private static HttpRouting.Builder routing(Consumer<HttpRules> routes) {
        HttpRouting.Builder routing = HttpRouting.builder();
        routing.addFilter((chain, request, response) -> {
            RequestId.assign(request, response);
            chain.proceed();
        });
        routes.accept(routing);
        routing.any((request, response) -> refuse(request, response, ApiException.notFound("Route")));
        routing.error(ApiException.class, FrontDoor::refuse);
        routing.error(
                HttpException.class, (request, response, e) -> refuse(request, response, translate(e.status(), e)));
        routing.error(Exception.class, FrontDoor::fail);
        return routing;
    }

    private static void fail(ServerRequest request, ServerResponse response, Exception e) {
        if (ConnectionLoss.isBehind(e)) {
            refuse(request, response, unavailable());
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

    private static ApiException translate(Status status, Throwable cause) {
        return switch (status.code()) {
            case 404 -> ApiException.notFound("Route");
            case 405 -> new ApiException(ErrorCode.METHOD_NOT_ALLOWED, "the route does not take this method");
            case 413 -> tooLarge();
            case 415 -> new ApiException(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "the route does not take this media type");
            case 503 -> unavailable();
            case 500 -> internal(cause);
            default -> new ApiException(ErrorCode.VALIDATION, "the request cannot be read").withStatus(400);
        };
    }

    private static ApiException unavailable() {
        return new ApiException(ErrorCode.SERVICE_UNAVAILABLE, "try again").retryAfter(Duration.ofSeconds(1));
    }

    private static ApiException internal(Throwable cause) {
        LOG.error("request.failed", cause);
        return new ApiException(ErrorCode.INTERNAL_ERROR, "something went wrong here");
    }

    private static ApiException tooLarge() {
        return new ApiException(
                ErrorCode.PAYLOAD_TOO_LARGE,
                "the body is larger than 10 MiB",
                Map.of("limitBytes", IngestLimits.MAX_BODY_BYTES));
    }

    /// Answers for requests that never reach a route: unreadable head, body too large by its own account.
    private static DirectHandlers directHandlers() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, (request, eventType, status, headers, message) -> {
                ApiException error = translate(status, new IllegalStateException("refused before routing"));
                String id = Ulid.next("req_");
                return DirectHandler.TransportResponse.builder()
                        .status(Status.create(error.status()))
                        .headers(headers)
                        .header(RequestId.HEADER, id)
                        .header(HeaderNames.CONTENT_TYPE, "application/json")
                        .header(HeaderNames.LINK, ErrorEnvelope.help(error))
                        .keepAlive(false)
                        .entity(ErrorEnvelope.bytes(error, id))
                        .build();
            });
        }
        return handlers.build();
    }
}
