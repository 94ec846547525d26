package dev.varve.server.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.server.Bootstrap;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Two events per second through the real ingest route, one of the app and one of the site, until closed.
final class SampleTraffic implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SampleTraffic.class);
    private static final String PHONE = "AcmeCoffee/3.4.0 (iPhone; iOS 18.1)";
    private static final String BROWSER =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130";

    private final URI events;
    private final String appId;
    private final String webAppId;
    private final SampleEvents samples = new SampleEvents(RandomGenerator.getDefault());
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("sample-traffic").factory());

    private SampleTraffic(Bootstrap bootstrap) {
        this.events = URI.create(bootstrap.ingestUrl() + "/l/events");
        this.appId = Objects.requireNonNull(bootstrap.appId());
        this.webAppId = Objects.requireNonNull(bootstrap.webAppId());
    }

    static SampleTraffic start(Bootstrap bootstrap) {
        SampleTraffic traffic = new SampleTraffic(bootstrap);
        traffic.clock.scheduleAtFixedRate(traffic::sendBoth, 0, 1, TimeUnit.SECONDS);
        return traffic;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        http.shutdownNow();
    }

    private void sendBoth() {
        Instant now = Instant.now();
        send(appId, PHONE, samples.ios(now));
        send(webAppId, BROWSER, samples.web(now));
    }

    /// A failed send is one sample less; the next second brings others.
    private void send(String app, String userAgent, ObjectNode body) {
        HttpRequest request = HttpRequest.newBuilder(events)
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .header("X-App-Id", app)
                .header("X-SDK-Version", "demo/1.0")
                .header("User-Agent", userAgent)
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        try {
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status != 202) {
                LOG.atWarn().addKeyValue("status", status).log("sample.refused");
            }
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("sample.failed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
