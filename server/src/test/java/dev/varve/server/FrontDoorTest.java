package dev.varve.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class FrontDoorTest {
    @Test
    void aListNamedWithBracketsArrivesWhetherTheyAreEncodedOrNot() throws Exception {
        assertThat(get("?names[]=a")).isEqualTo("[a]");
        assertThat(get("?names%5B%5D=a")).isEqualTo("[a]");
    }

    @Test
    void aListOfFiftyLongNamesArrives() throws Exception {
        String names = ("%C3%A9".repeat(64) + ",").repeat(50);

        assertThat(get("?names[]=" + names)).hasSize(50 * 65 + 2);
    }

    private static String get(String query) throws Exception {
        try (FrontDoorForTests door = FrontDoorForTests.open(rules -> rules.get(
                        "/",
                        (request, response) -> response.send(request.query().all("names[]") + "")));
                HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + door.port() + "/" + query);
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
