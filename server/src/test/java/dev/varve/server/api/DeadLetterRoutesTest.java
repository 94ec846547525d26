package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.delivery.DeadLetters.Requester;
import dev.varve.event.Platform;
import dev.varve.server.api.ApiFixture.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DeadLetterRoutesTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private final Instant now = Instant.now();
    private RelayDepth shop;

    @BeforeEach
    void open() throws Exception {
        shop = RelayDepth.open(api);
        shop.dead("e-1", Platform.META, "platform_rejected", now.minus(Duration.ofHours(1)));
        shop.dead("e-2", Platform.META, "outcome_unknown", now.minus(Duration.ofDays(8)));
        shop.dead("e-3", Platform.TIKTOK, "platform_rejected", now.minus(Duration.ofHours(2)));
    }

    @Test
    void theListIsFilteredAndPaged() throws Exception {
        assertThat(ids("")).containsExactly("e-1", "e-3", "e-2");
        assertThat(ids("?platform=tiktok_ads")).containsExactly("e-3");
        assertThat(ids("?reason=outcome_unknown")).containsExactly("e-2");
        assertThat(ids("?eventNames=other,more")).isEmpty();
        assertThat(ids("?appId=" + shop.app() + "&since=" + now.minus(Duration.ofDays(1))))
                .containsExactly("e-1", "e-3");
        List<String> paged = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = shop.get("/dead-letters?limit=1" + next).body();
            paged.addAll(page.path("items").findValuesAsText("eventId"));
            next = "&cursor=" + page.path("nextCursor").asText();
        } while (!next.equals("&cursor=null"));
        assertThat(paged).containsExactly("e-1", "e-3", "e-2");
    }

    @Test
    void badFiltersNameTheFieldWhatWasExpectedAndWhatCame() throws Exception {
        Reply platform = shop.get("/dead-letters?platform=pinterest");
        assertThat(platform.status()).isEqualTo(422);
        assertThat(platform.body().at("/error/details/issues/0/path").asText()).isEqualTo("platform");
        assertThat(platform.body().at("/error/details/issues/0/message").asText())
                .contains("must be one of", "apple_ads", "pinterest");
        for (String query : List.of(
                "limit=201",
                "since=yesterday",
                "cursor=abc",
                "since=2026-11-02T00:00:00Z&until=2026-11-01T00:00:00Z")) {
            assertThat(shop.get("/dead-letters?" + query).status()).as(query).isEqualTo(422);
        }
    }

    /// Apple is a platform that gets no events.
    @Test
    void appleHasNoDeadLetters() throws Exception {
        for (String spelling : List.of("apple", "apple_ads")) {
            Reply none = shop.get("/dead-letters?platform=" + spelling);
            assertThat(none.status()).isEqualTo(200);
            assertThat(none.body().path("items")).isEmpty();
            Reply replay = shop.post("/dead-letters/replay", "{\"platform\":\"" + spelling + "\"}");
            assertThat(replay.status()).isEqualTo(200);
            assertThat(replay.body().path("matched").asInt()).isZero();
        }
        assertThat(shop.get("/dead-letters?platform=apple,meta").body().path("items"))
                .isNotEmpty();
    }

    @Test
    void aReplayIsNoDeadLetter() throws Exception {
        Reply reply = shop.get("/dead-letters/replay");
        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.raw().headers().firstValue("Allow")).hasValue("POST");
        assertThat(shop.get("/dead-letters/dl_x").status()).isEqualTo(404);
        assertThat(shop.get("/events/preview").body().at("/error/message").asText())
                .contains("event");
    }

    @Test
    void oneIsInspectedWithWhatWasSentAndAnswered() throws Exception {
        String id = shop.get("/dead-letters?limit=1")
                .body()
                .at("/items/0/deadLetterId")
                .asText();
        JsonNode found = shop.get("/dead-letters/" + id).body();
        assertThat(found.at("/payload/event_name").asText()).isEqualTo("Purchase");
        assertThat(found.path("answer").asText()).isEqualTo("{\"error\":{}}");
        assertThat(found.path("httpStatus").asInt()).isEqualTo(400);
        assertThat(found.path("fbtrace_id").asText()).isEqualTo("trace-1");
        assertThat(shop.get("/dead-letters/dl_none").status()).isEqualTo(404);
        assertThat(RelayDepth.open(api).get("/dead-letters/" + id).status()).isEqualTo(404);
    }

    @Test
    void aReplayIsADryRunUnlessSaidOtherwise() throws Exception {
        int before = api.deadLetters.requesters.size();
        Reply reply = shop.post("/dead-letters/replay", null);
        assertThat(reply.status()).isEqualTo(200);
        JsonNode body = reply.body();
        assertThat(body.path("dryRun").asBoolean()).isTrue();
        assertThat(body.path("matched").asInt()).isEqualTo(3);
        assertThat(body.path("willReplay").asInt()).isEqualTo(2);
        assertThat(body.path("tooOld").asInt()).isEqualTo(1);
        assertThat(body.at("/tooOldEvents/0/eventId").asText()).isEqualTo("e-2");
        assertThat(body.path("counts")).hasSize(3);
        assertThat(body.path("jobId").isNull()).isTrue();
        assertThat(api.deadLetters.requesters).hasSize(before);
    }

    @Test
    void aRealReplayStartsAJobAndLeavesAnAuditRow() throws Exception {
        shop.layer("meta_ads", true);
        Reply reply = shop.post("/dead-letters/replay", "{\"dryRun\":false,\"platform\":\"meta\"}");
        assertThat(reply.status()).as(reply.raw().body()).isEqualTo(202);
        assertThat(reply.body().path("dryRun").asBoolean()).isFalse();
        assertThat(reply.body().path("matched").asInt()).isEqualTo(2);
        String jobId = reply.body().path("jobId").asText();
        assertThat(api.deadLetters.owners).contains(ApiFixture.OWN_STREAM);
        Requester requester = api.deadLetters.requesters.getLast();
        assertThat(requester.requestId())
                .isEqualTo(reply.raw().headers().firstValue("X-Request-Id").orElseThrow());
        JsonNode job = api.call("GET", "/jobs/" + jobId, shop.key(), null).body();
        assertThat(job.path("status").asText()).isEqualTo("running");
        assertThat(job.path("kind").asText()).isEqualTo("dead_letter_replay");
        assertThat(job.at("/progress/total").asInt()).isEqualTo(1);
        assertThat(job.path("projectId").asText()).isEqualTo(shop.project());
        assertThat(job.path("result").isNull()).isTrue();
        assertThat(api.call("GET", "/jobs/" + jobId, api.key("*"), null).status())
                .isEqualTo(404);
        JsonNode row = api.call("GET", "/audit-log?eventType=dead_letters.replayed", shop.key(), null)
                .body()
                .at("/items/0");
        assertThat(row.path("subjectType").asText()).isEqualTo("dead_letter");
        assertThat(row.path("data").toString())
                .isEqualTo("{\"jobId\":\"" + jobId
                        + "\",\"matched\":2,\"willReplay\":1,\"tooOld\":1,\"filters\":[\"platform\"]}");
        Reply busy = shop.post("/dead-letters/replay", "{\"dryRun\":false,\"platform\":\"meta\"}");
        assertThat(busy.status()).isEqualTo(409);
        assertThat(busy.body().at("/error/details/reason").asText()).isEqualTo("busy");
    }

    @Test
    void whatCannotBeDeliveredIsNotReplayed() throws Exception {
        shop.layer("meta_ads", true);
        Reply off = shop.post("/dead-letters/replay", "{\"dryRun\":false}");
        assertThat(off.status()).isEqualTo(409);
        assertThat(off.body().at("/error/details/reason").asText()).isEqualTo("capi_not_ready");
        assertThat(off.body().at("/error/details/missing").toString())
                .isEqualTo("[{\"platform\":\"tiktok\",\"fields\":[\"enabled\"]}]");
        assertThat(shop.post("/dead-letters/replay", "{\"dryRun\":true}").status())
                .isEqualTo(200);
    }

    @Test
    void tenJobsOfAnOrganizationAreEnough() throws Exception {
        shop.layer("meta_ads", true);
        UUID organization = organization();
        for (int i = 0; i < 10; i++) {
            api.jobs.start(organization, UUID.randomUUID(), now, 1);
        }
        Reply reply = shop.post("/dead-letters/replay", "{\"dryRun\":false,\"platform\":\"meta\"}");
        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.body().at("/error/details/reason").asText()).isEqualTo("concurrent_jobs");
        assertThat(reply.raw().headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void aReplaysBodyIsCheckedWhole() throws Exception {
        Reply reply = shop.post(
                "/dead-letters/replay",
                "{\"dryRun\":\"no\",\"platform\":\"apples\",\"since\":\"soon\",\"eventNames\":[1]}");
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.body().at("/error/details/issues").findValuesAsText("path"))
                .containsExactlyInAnyOrder("dryRun", "platform", "since", "eventNames[0]");
    }

    /// Nobody knows whether it would mean all or nothing.
    @Test
    void aFilterThatIsNullIsRefused() throws Exception {
        Reply reply = shop.post("/dead-letters/replay", "{\"platform\":null,\"eventNames\":null,\"since\":null}");
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.body().at("/error/details/issues").findValuesAsText("path"))
                .containsExactlyInAnyOrder("platform", "eventNames", "since");
    }

    @Test
    void foreignProjectsDoNotExistAndScopesAreNeeded() throws Exception {
        String path = "/projects/" + shop.project() + "/dead-letters";
        assertThat(api.call("GET", path, api.key("*"), null).status()).isEqualTo(404);
        assertThat(api.call("POST", path + "/replay", api.key("*"), "{}").status())
                .isEqualTo(404);
        assertThat(api.call("GET", path, api.key("events:read"), null).status()).isEqualTo(403);
        Reply lacking = api.call("POST", path + "/replay", api.key("ads:read"), "{}");
        assertThat(lacking.status()).isEqualTo(403);
        assertThat(lacking.body().at("/error/details/requiredScope").asText()).isEqualTo("ads:write:capi");
    }

    private UUID organization() throws Exception {
        String id = api.call("GET", "/whoami", shop.key(), null)
                .body()
                .path("organizationId")
                .asText();
        return UUID.fromString(id.substring(4));
    }

    private List<String> ids(String query) throws Exception {
        Reply reply = shop.get("/dead-letters" + query);
        assertThat(reply.status()).as(reply.raw().body()).isEqualTo(200);
        return reply.body().path("items").findValuesAsText("eventId");
    }
}
