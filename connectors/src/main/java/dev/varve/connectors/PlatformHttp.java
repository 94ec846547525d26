package dev.varve.connectors;

import dev.varve.destination.Answer;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/// Sends one request and reads a bounded answer. Never throws for what the network does; blocks the calling thread
/// up to the time-out, which covers the whole answer. Thread-safe.
public final class PlatformHttp {
    public static final int MAX_ANSWER_BYTES = 64 * 1024;
    /// Statistics list a hundred names an hour.
    private static final int MAX_LISTING_BYTES = 1024 * 1024;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final HttpClient client;
    private final InstantSource clock;

    /// What came of an exchange.
    public sealed interface Exchange {
        record Answered(PlatformAnswer answer) implements Exchange {}

        /// No answer. `fateUnknown`: the request may have arrived.
        record Broken(Answer answer, boolean fateUnknown) implements Exchange {}

        /// The address or a header cannot be formed, so nothing was sent.
        record Impossible(Answer answer) implements Exchange {}
    }

    /// The client must not follow redirects: a redirected request would carry its token elsewhere.
    public PlatformHttp(HttpClient client, InstantSource clock) {
        if (client.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new IllegalArgumentException("a connector's HTTP client must not follow redirects");
        }
        this.client = client;
        this.clock = clock;
    }

    /// A client as the connectors want it: HTTP/1.1, no redirects, two seconds to connect.
    public static HttpClient newClient(Executor executor) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT)
                .executor(executor)
                .build();
    }

    /// With a JSON body.
    public Exchange post(String address, Map<String, String> headers, byte[] body, Duration timeout) {
        return exchange(
                address,
                headers,
                request -> request.header("Content-Type", "application/json").POST(BodyPublishers.ofByteArray(body)),
                new Bounds(timeout, MAX_ANSWER_BYTES));
    }

    /// For listings, whose answers may be longer. `address` may hold a query.
    public Exchange get(String address, Map<String, String> headers, Duration timeout) {
        return exchange(address, headers, HttpRequest.Builder::GET, new Bounds(timeout, MAX_LISTING_BYTES));
    }

    private record Bounds(Duration timeout, int bytes) {}

    private Exchange exchange(
            String address, Map<String, String> headers, Consumer<HttpRequest.Builder> method, Bounds bounds) {
        Instant start = clock.instant();
        HttpRequest request;
        try {
            HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(address))
                    .timeout(bounds.timeout)
                    .header("Accept-Encoding", "gzip");
            method.accept(builder);
            headers.forEach(builder::header);
            request = builder.build();
        } catch (IllegalArgumentException e) {
            return new Exchange.Impossible(
                    nothing(start, "the platform's address or the access token holds characters that cannot be sent"));
        }
        return exchange(request, start, bounds);
    }

    private Exchange exchange(HttpRequest request, Instant start, Bounds bounds) {
        CompletableFuture<HttpResponse<BoundedBody>> future =
                client.sendAsync(request, _ -> new BoundedBodySubscriber(bounds.bytes));
        try {
            HttpResponse<BoundedBody> response = future.get(bounds.timeout.toMillis(), TimeUnit.MILLISECONDS);
            return new Exchange.Answered(answered(response, start, bounds.bytes));
        } catch (TimeoutException e) {
            future.cancel(true);
            return new Exchange.Broken(nothing(start, "no complete answer within " + bounds.timeout.toSeconds() + " s"), true);
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            return new Exchange.Broken(nothing(start, "interrupted while waiting for the answer"), true);
        } catch (ExecutionException e) {
            return broken(start, e.getCause());
        }
    }

    private Exchange broken(Instant start, @Nullable Throwable cause) {
        boolean neverConnected = cause instanceof ConnectException
                || cause instanceof HttpConnectTimeoutException
                || cause instanceof SSLHandshakeException
                || cause instanceof UnresolvedAddressException;
        String what = neverConnected ? "could not connect" : "the connection broke before the answer";
        return new Exchange.Broken(nothing(start, what), !neverConnected);
    }

    private PlatformAnswer answered(HttpResponse<BoundedBody> response, Instant start, int limit) {
        Map<String, List<String>> headers = lowerCase(response.headers());
        BoundedBody body = headers.getOrDefault("content-encoding", List.of()).contains("gzip")
                ? response.body().unzipped(limit)
                : response.body();
        return new PlatformAnswer(
                clock.instant(), latency(start), response.statusCode(), headers, body.bytes(), body.complete());
    }

    private static Map<String, List<String>> lowerCase(HttpHeaders headers) {
        Map<String, List<String>> lower = new TreeMap<>();
        headers.map().forEach((name, values) -> lower.put(name.toLowerCase(Locale.ROOT), values));
        return lower;
    }

    private Answer nothing(Instant start, String message) {
        return new Answer(clock.instant(), latency(start), 0, null, message, null);
    }

    private Duration latency(Instant start) {
        Duration latency = Duration.between(start, clock.instant());
        return latency.isNegative() ? Duration.ZERO : latency;
    }
}
