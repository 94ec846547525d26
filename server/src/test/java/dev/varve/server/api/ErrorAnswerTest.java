package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What every error answer has, whichever error it is.
class ErrorAnswerTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    @Test
    void theHeaderLinkLeadsToTheSectionOfItsCode() throws Exception {
        String key = api.key("projects:read");
        for (ApiFixture.Reply reply : new ApiFixture.Reply[] {
            api.call("GET", "/projects", "nonsense", null),
            api.call("POST", "/projects", key, "{}"),
            api.call("GET", "/projects/42", key, null),
            api.call("GET", "/nothing", key, null),
            api.call("PUT", "/projects", key, null)
        }) {
            assertThat(reply.raw().headers().firstValue("Link"))
                    .hasValue("</docs/errors#" + reply.code() + ">; rel=\"help\"");
        }
    }

    @Test
    void aLargeOneIsZippedForWhoTakesThatAsAnyAnswerIs() throws Exception {
        String many = IntStream.range(0, 100).mapToObj(_ -> "7").collect(Collectors.joining(",", "[", "]"));
        HttpRequest request = HttpRequest.newBuilder(api.at("/webhook-endpoints"))
                .header("Authorization", "Bearer " + api.key("*"))
                .header("Content-Type", "application/json")
                .header("Accept-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofString("{\"events\": " + many.replace(",7".repeat(51), "") + "}"))
                .build();
        HttpResponse<byte[]> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
        try (GZIPInputStream body = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).contains("events[48]");
        }
    }
}
