package dev.varve.connectors.meta;

import dev.varve.connectors.mapping.Hashes;
import dev.varve.connectors.mapping.PayloadWriter;
import dev.varve.destination.Destination.AccessToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The body of a send probe: an event that is right in everything but its age, so that nothing is recorded and the
/// error says whether the token may post.
final class MetaProbeEvent {
    private static final Duration AGE = Duration.ofHours(204);
    private static final String USER_AGENT = "Mozilla/5.0 (compatible; Varve)";

    private MetaProbeEvent() {}

    /// `token`: when it stands in the body instead of the header.
    static byte[] body(String operatorUrl, Instant now, Optional<AccessToken> token) {
        PayloadWriter json = new PayloadWriter();
        try {
            json.object(() -> {
                json.text(
                        MetaConnector.TOKEN_MEMBER,
                        token.map(AccessToken::value).orElse(null));
                json.text("partner_agent", MetaConnector.PARTNER_AGENT);
                json.array("data", () -> json.object(() -> writeEvent(json, operatorUrl, now)));
            });
            return json.toBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    private static void writeEvent(PayloadWriter json, String operatorUrl, Instant now) throws IOException {
        String id = UUID.randomUUID().toString();
        json.text("event_name", "VarveProbe");
        json.number("event_time", now.minus(AGE).getEpochSecond());
        json.text("event_id", id);
        json.text("action_source", "website");
        json.text("event_source_url", operatorUrl);
        json.object("user_data", () -> {
            json.texts("external_id", List.of(Hashes.sha256(id)));
            json.text("client_user_agent", USER_AGENT);
        });
    }
}
