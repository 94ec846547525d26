package dev.varve.connectors.meta;

import dev.varve.connectors.AppCredentials;
import dev.varve.connectors.PlatformHttp;
import dev.varve.connectors.PlatformHttp.Exchange;
import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/// Requests to the Graph API about one destination, whose token goes in the `Authorization` header.
final class MetaGraph {
    private final PlatformHttp http;
    private final InstantSource clock;
    private final MetaSettings settings;

    MetaGraph(PlatformHttp http, InstantSource clock, MetaSettings settings) {
        this.http = http;
        this.clock = clock;
        this.settings = settings;
    }

    Exchange postEvents(Destination destination, byte[] body) {
        return isComplete(destination)
                ? http.post(
                        address(destination, settings.versions().capi(), "/events"),
                        bearer(destination),
                        body,
                        settings.timeout())
                : incomplete();
    }

    /// The token stands in the body.
    Exchange postEventsWithTokenInBody(Destination destination, byte[] body) {
        return isComplete(destination)
                ? http.post(
                        address(destination, settings.versions().capi(), "/events"), Map.of(), body, settings.timeout())
                : incomplete();
    }

    /// `edge`: what follows the pixel id, with its query.
    Exchange read(Destination destination, String edge) {
        return get(destination, settings.versions().capi(), edge);
    }

    /// The same with the version for reading statistics.
    Exchange readInsights(Destination destination, String edge) {
        return get(destination, settings.versions().insights(), edge);
    }

    private Exchange get(Destination destination, String version, String edge) {
        return isComplete(destination)
                ? http.get(address(destination, version, edge), bearer(destination), settings.timeout())
                : incomplete();
    }

    /// Meta takes both tokens in the query only; the address is therefore never logged or kept.
    Exchange debugToken(Destination destination, AppCredentials app) {
        if (!isComplete(destination)) {
            return incomplete();
        }
        String query = "?input_token=" + encoded(token(destination)) + "&access_token="
                + encoded(app.id() + "|" + app.secret());
        return http.get(
                destination.endpoint() + "/" + settings.versions().capi() + "/debug_token" + query,
                Map.of(),
                settings.timeout());
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static String token(Destination destination) {
        return destination
                .accessToken()
                .map(Destination.AccessToken::value)
                .orElseThrow(() -> new IllegalStateException("a destination without a token is never asked for it"));
    }

    private static boolean isComplete(Destination destination) {
        return destination.pixelId() != null && destination.accessToken().isPresent();
    }

    private Exchange incomplete() {
        return new Exchange.Impossible(new Answer(
                clock.instant(), Duration.ZERO, 0, null, "the destination has no pixel id or no token", null));
    }

    private static String address(Destination destination, String version, String edge) {
        String pixelId = destination.pixelId();
        return destination.endpoint() + "/" + version + "/" + encoded(pixelId == null ? "" : pixelId) + edge;
    }

    private static Map<String, String> bearer(Destination destination) {
        return Map.of("Authorization", "Bearer " + token(destination));
    }
}
