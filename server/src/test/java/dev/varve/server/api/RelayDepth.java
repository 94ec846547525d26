package dev.varve.server.api;

import dev.varve.component.Ulid;
import dev.varve.delivery.DeadLetters.Fault;
import dev.varve.delivery.DeadLetters.Inspection;
import dev.varve.delivery.DeadLetters.Item;
import dev.varve.delivery.DeadLetters.Subject;
import dev.varve.delivery.DeadLetters.Times;
import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A project with an app, as the tests of the relay's routes need it.
record RelayDepth(ApiFixture api, String key, String project, String app) {
    static RelayDepth open(ApiFixture api) throws Exception {
        String key = api.key("*");
        String project = api.call("POST", "/projects", key, "{\"name\":\"Acme\",\"timezone\":\"UTC\"}")
                .body()
                .path("id")
                .asText();
        String app = api.call(
                        "POST",
                        "/projects/" + project + "/sdk-apps",
                        key,
                        "{\"name\":\"Web\",\"platform\":\"web\",\"webDomain\":\"shop.example.com\"}")
                .body()
                .path("appId")
                .asText();
        return new RelayDepth(api, key, project, app);
    }

    UUID projectId() {
        return UUID.fromString(project.substring(4));
    }

    ApiFixture.Reply get(String below) throws Exception {
        return api.call("GET", "/projects/" + project + below, key, null);
    }

    ApiFixture.Reply post(String below, @Nullable String body) throws Exception {
        return api.call("POST", "/projects/" + project + below, key, body);
    }

    ApiFixture.Reply layer(String platform, boolean enabled) throws Exception {
        return api.call(
                "PUT",
                "/projects/" + project + "/layers/" + platform + "/capi",
                key,
                "{\"enabled\":" + enabled + ",\"pixelId\":\"550118274406913\",\"accessToken\":\"good\"}");
    }

    void dead(String eventId, Platform platform, String reason, Instant occurredAt) {
        Item item = new Item(
                Ulid.next("dl_"),
                new Subject(eventId, app, "purchase_success", platform),
                reason,
                new Fault("PLATFORM_ERROR", 100, "the platform refused the currency", 1),
                new Times(occurredAt, occurredAt, occurredAt, occurredAt.plus(Duration.ofDays(7))),
                false);
        api.deadLetters.add(
                projectId(), new Inspection(item, "{\"event_name\":\"Purchase\"}", "{\"error\":{}}", 400, "trace-1"));
    }
}
