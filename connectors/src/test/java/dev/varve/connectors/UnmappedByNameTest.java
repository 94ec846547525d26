package dev.varve.connectors;

import static dev.varve.connectors.Samples.MATCH;
import static dev.varve.connectors.Samples.NOW;
import static dev.varve.connectors.Samples.app;
import static dev.varve.connectors.Samples.candidate;
import static dev.varve.connectors.Samples.destination;
import static dev.varve.connectors.Samples.document;
import static dev.varve.connectors.Samples.event;
import static dev.varve.connectors.Samples.mapping;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.connectors.meta.MetaConnector;
import dev.varve.connectors.meta.MetaSettings;
import dev.varve.connectors.tiktok.TikTokConnector;
import dev.varve.connectors.tiktok.TikTokSettings;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.Destination.Mapping;
import dev.varve.destination.Preparation.Skipped;
import dev.varve.destination.SkipReason;
import dev.varve.event.LoggedEvent;
import dev.varve.tenant.SdkPlatform;
import java.net.http.HttpClient;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a connector rules out by an event's name it would skip as unmapped whatever the event holds.
class UnmappedByNameTest {
    private static final HttpClient NOBODY = HttpClient.newHttpClient();
    private static final List<Connector> CONNECTORS = List.of(
            new MetaConnector(NOBODY, InstantSource.system(), MetaSettings.DEFAULT),
            new TikTokConnector(NOBODY, InstantSource.system(), TikTokSettings.DEFAULT));
    private static final List<String> NAMES = List.of(
            "purchase_success subscription_renew login screen_view app_open app_install search trial_start anything"
                    .split(" "));
    private static final List<Mapping> MAPPINGS = List.of(
            Mapping.DEFAULT,
            mapping(Map.of("search", Optional.empty(), "anything", Optional.of("Lead"))),
            mapping(Map.of("app_open", Optional.of(" "), "login", Optional.of("Login"))));

    @Test
    void isSkippedAsUnmappedFromEverySource() {
        int ruledOut = 0;
        for (Connector connector : CONNECTORS) {
            for (Mapping mapping : MAPPINGS) {
                for (Destination to : destinations(connector, mapping)) {
                    for (String name : NAMES) {
                        ruledOut += isRuledOutRightly(connector, to, name) ? 1 : 0;
                    }
                }
            }
        }
        assertThat(ruledOut).isPositive();
    }

    private static List<Destination> destinations(Connector connector, Mapping mapping) {
        return List.of(
                destination(connector.platform(), "CVARVE0EXAMPLE", mapping),
                destination(connector.platform(), "7300000000000000001", mapping));
    }

    private static boolean isRuledOutRightly(Connector connector, Destination to, String name) {
        boolean isRuledOut = false;
        for (String source : List.of("ios", "android", "web", "node")) {
            for (LoggedEvent logged : documents(name, source)) {
                if (connector.isUnmapped(logged.event(), to)) {
                    isRuledOut = true;
                    assertThat(connector.prepare(candidate(logged, app(SdkPlatform.IOS)), to, NOW))
                            .as("%s from %s to %s", name, source, to)
                            .isEqualTo(new Skipped(SkipReason.UNMAPPED));
                }
            }
        }
        return isRuledOut;
    }

    private static List<LoggedEvent> documents(String name, String source) {
        List<LoggedEvent> events = new ArrayList<>();
        events.add(event(name, source, document("{'value':1,'currency':'EUR'}", "{'osVersion':'18.1'}", MATCH)));
        events.add(event(name, source, "no JSON"));
        return events;
    }

    @Test
    void noneOfWhatOneSourceMaps() {
        for (Connector connector : CONNECTORS) {
            Destination to = destination(connector.platform(), "CVARVE0EXAMPLE", Mapping.DEFAULT);
            for (String name : List.of("purchase_success", "app_open", "search")) {
                assertThat(connector.isUnmapped(event(name, "web", "{}").event(), to))
                        .as("%s on %s", name, connector.platform())
                        .isFalse();
            }
        }
    }
}
