package dev.varve.server.observe;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.component.CheckResult;
import dev.varve.server.http.Answers;
import dev.varve.server.ingest.Cors;
import dev.varve.server.ingest.IngestCall;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/// What people and machines look at: `/health`, `/metrics`, `/openapi.yaml`, `/docs` and the page at `/`.
public final class ObserveRoutes {
    private static final JsonMapper JSON = new JsonMapper();

    private final Supplier<HealthReport> health;
    private final PrometheusMeterRegistry metrics;
    private final byte[] openapi;

    public ObserveRoutes(Supplier<HealthReport> health, PrometheusMeterRegistry metrics) {
        this.health = health;
        this.metrics = metrics;
        this.openapi = resource("/api/openapi.yaml");
    }

    public void register(HttpRules rules) {
        registerHealth(rules);
        Answers.get(
                rules,
                "/metrics",
                (request, response) -> send(
                        request,
                        response,
                        "text/plain; version=0.0.4; charset=utf-8",
                        metrics.scrape().getBytes(StandardCharsets.UTF_8)));
        if (openapi.length > 0) {
            Answers.get(rules, "/openapi.yaml", (request, response) -> {
                response.header(HeaderNames.CONTENT_TYPE, "application/yaml");
                Answers.send(request, response, openapi);
            });
        }
        new DocsRoutes().register(rules);
    }

    /// What the header `Link` of an error leads to.
    public void registerErrors(HttpRules rules) {
        new DocsRoutes().registerErrors(rules);
    }

    /// The health routes alone, for the ingest port.
    public void registerHealth(HttpRules rules) {
        for (String path : List.of("/health", "/l/health")) {
            Answers.get(rules, path, this::answerHealth);
            rules.options(path, Cors::preflight);
            rules.any(path, (request, response) -> IngestCall.refuseMethod(request, response, "GET"));
        }
    }

    private void answerHealth(ServerRequest request, ServerResponse response) {
        Cors.decorate(request, response);
        HealthReport report = health.get();
        ObjectNode body = JSON.createObjectNode().put("status", report.status());
        ArrayNode components = body.putArray("components");
        for (HealthReport.Line line : report.components()) {
            CheckResult result = line.result();
            components
                    .addObject()
                    .put("name", line.name())
                    .put("status", line.status())
                    .put("detail", result.detail());
        }
        response.status(report.isWritable() ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503);
        send(request, response, "application/json", body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void send(ServerRequest request, ServerResponse response, String contentType, byte[] body) {
        response.header(HeaderNames.CONTENT_TYPE, contentType);
        Answers.send(request, response, body);
    }

    private static byte[] resource(String name) {
        try (InputStream in = ObserveRoutes.class.getResourceAsStream(name)) {
            return in == null ? new byte[0] : in.readAllBytes();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
