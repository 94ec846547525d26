package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.varve.click.ClickRelay;
import dev.varve.collect.DescribeOutcome;
import dev.varve.collect.EventAllowance;
import dev.varve.postback.PostbackOutcome;
import dev.varve.server.ingest.BodyBudget;
import dev.varve.server.ingest.BodyReader;
import dev.varve.server.ingest.ClickRoute;
import dev.varve.server.ingest.ClientAddress;
import dev.varve.server.ingest.ConfigRoute;
import dev.varve.server.ingest.IngestHost;
import dev.varve.server.ingest.IngestMeter;
import dev.varve.server.ingest.IngestRoutes;
import dev.varve.server.ingest.PersonRoute;
import dev.varve.server.ingest.PostbackRoute;
import dev.varve.server.ingest.ProbeCredential;
import dev.varve.server.observe.HealthReport;
import dev.varve.server.observe.ObserveRoutes;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRoute;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.InputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// No route is served in secret: what the server registers is what `openapi.yaml` describes.
class DescribedRoutesTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    @Test
    void everyRegisteredRouteIsDescribedAndTheReverse() throws Exception {
        Set<String> registered = new TreeSet<>(registeredOutsideTheApi());
        api.routes().forEach(route -> registered.add(route.method() + " /v1/" + String.join("/", route.segments())));

        assertThat(registered).hasSizeGreaterThan(20).isEqualTo(described());
    }

    /// Class and repeat decide what a client may do; 429 can come from any route.
    @Test
    void everyRouteIsDescribedWithItsClassRepeatAndScope() throws Exception {
        JsonNode root = description();
        for (Route route : api.routes()) {
            JsonNode operation = operation(root, route);
            assertThat(operation.path("x-rate-class").asText())
                    .as(route.template())
                    .isEqualTo(route.rateClass().wireName());
            assertThat(operation.path("x-repeat").asText())
                    .as(route.template())
                    .isEqualTo(route.repeat().name().toLowerCase(java.util.Locale.ROOT));
            assertThat(operation.path("x-scope").asText())
                    .as(route.template())
                    .isEqualTo(route.scopes().isEmpty() ? "" : route.scopes().getFirst());
            assertThat(List.of("401", "429", "500", "503"))
                    .as(route.template())
                    .allMatch(operation.path("responses")::has);
            assertThat(route.scopes().isEmpty() || operation.path("responses").has("403"))
                    .as(route.template())
                    .isTrue();
        }
    }

    private static JsonNode operation(JsonNode root, Route route) {
        JsonNode item = root.path("paths").path(route.template());
        JsonNode known = item.has("$ref") ? root.at(item.path("$ref").asText().substring(1)) : item;
        return known.path(route.method().toLowerCase(java.util.Locale.ROOT));
    }

    private static JsonNode description() throws Exception {
        try (InputStream yaml = ObserveRoutes.class.getResourceAsStream("/api/openapi.yaml")) {
            return new YAMLMapper().readTree(yaml);
        }
    }

    private static Set<String> registeredOutsideTheApi() {
        RecordedRules rules = new RecordedRules();
        new IngestRoutes(
                        _ -> {
                            throw new AssertionError("nothing is sent here");
                        },
                        new BodyReader(new BodyBudget(0, Duration.ofSeconds(1))),
                        new ClientAddress(List.of()),
                        new ProbeCredential("0123456789abcdef-probe"),
                        new IngestMeter(new SimpleMeterRegistry()))
                .register(rules);
        BodyReader bodies = new BodyReader(new BodyBudget(0, Duration.ofSeconds(1)));
        new IngestHost(
                        PersonRoute.properties(_ -> new DescribeOutcome.Nobody(), bodies),
                        PersonRoute.consent(_ -> new DescribeOutcome.Nobody(), bodies),
                        new ConfigRoute(_ -> Optional.empty()),
                        new PostbackRoute(_ -> new PostbackOutcome.Taken(), bodies),
                        new ClickRoute(
                                new ClickRelay(
                                        _ -> Optional.empty(),
                                        EventAllowance.UNLIMITED,
                                        _ -> {},
                                        new InMemoryProfiles(),
                                        InstantSource.system()),
                                new ClientAddress(List.of())))
                .register(rules);
        new ObserveRoutes(
                        () -> new HealthReport(List.of(), true), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))
                .register(rules);
        return rules.seen;
    }

    private static Set<String> described() throws Exception {
        Set<String> described = new TreeSet<>();
        try (InputStream yaml = ObserveRoutes.class.getResourceAsStream("/api/openapi.yaml")) {
            JsonNode root = new YAMLMapper().readTree(yaml);
            root.path("paths").properties().forEach(path -> {
                JsonNode item = path.getValue().has("$ref")
                        ? root.at(path.getValue().path("$ref").asText().substring(1))
                        : path.getValue();
                item.properties().stream()
                        .filter(member -> METHODS.contains(member.getKey()))
                        .forEach(member -> described.add(
                                member.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey()));
            });
        }
        return described;
    }

    /// Writes down what is registered. Preflight and the refusal of other methods are no operations of their own.
    private static final class RecordedRules implements HttpRules {
        final Set<String> seen = new TreeSet<>();

        @Override
        public HttpRules get(String pattern, Handler... handlers) {
            return saw("GET", pattern);
        }

        /// Answered as GET, only shorter.
        @Override
        public HttpRules head(String pattern, Handler... handlers) {
            assertThat(seen).contains("GET " + pattern);
            return this;
        }

        @Override
        public HttpRules post(String pattern, Handler... handlers) {
            return saw("POST", pattern);
        }

        @Override
        public HttpRules options(String pattern, Handler... handlers) {
            return this;
        }

        @Override
        public HttpRules any(String pattern, Handler... handlers) {
            return this;
        }

        @Override
        public HttpRules register(HttpService... services) {
            throw unseen();
        }

        @Override
        public HttpRules register(String pattern, HttpService... services) {
            throw unseen();
        }

        @Override
        public HttpRules route(HttpRoute route) {
            throw unseen();
        }

        private HttpRules saw(String method, String pattern) {
            seen.add(method + " " + pattern);
            return this;
        }

        private static AssertionError unseen() {
            return new AssertionError("a route was registered in a way that this test cannot see");
        }
    }
}
