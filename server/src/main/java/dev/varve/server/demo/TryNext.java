package dev.varve.server.demo;

import dev.varve.server.Bootstrap;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// What the demo prints: three commands that work when pasted.
final class TryNext {
    private TryNext() {}

    static String text(Bootstrap b) {
        return """

                Sample project "Acme Coffee" (%s) sends two events per second to the sandbox platforms at %s.

                Try next:

                1. Send an event as the app does
                curl -sS -X POST '%s/l/events' -H 'Content-Type: application/json' -H 'X-App-Id: %s' -d '{"events":[{"event":"purchase_success","timestamp":"%s","platform":"ios","os_version":"18.1","app_user_id":"me","properties":{"revenue":4.5,"currency":"EUR","$page_url":"https://shop.acmecoffee.example/menu"}}]}'

                2. See what became of the latest events
                curl -sS '%s/v1/projects/%s/events?limit=5' -H 'Authorization: Bearer %s'

                3. See how forwarding is doing
                curl -sS '%s/v1/projects/%s/ads/capi-status' -H 'Authorization: Bearer %s'

                """.formatted(
                        b.projectId(),
                        b.sandboxUrl(),
                        b.ingestUrl(),
                        b.appId(),
                        Instant.now().truncatedTo(ChronoUnit.SECONDS),
                        b.apiUrl(),
                        b.projectId(),
                        b.apiKey(),
                        b.apiUrl(),
                        b.projectId(),
                        b.apiKey());
    }
}
