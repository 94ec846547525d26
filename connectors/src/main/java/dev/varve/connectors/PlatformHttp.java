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
import java.net.http.HttpTimeoutException;
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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/// Sends one request and reads a bounded answer. Never throws for what the network does; blocks the calling thread up
/// to the time-out, which covers the whole answer. No message of it holds the address, whose query may carry secrets.
/// Thread-safe.
public final class PlatformHttp {
    public static final int MAX_ANSWER_BYTES = 64 * 1024;
    /// Of what is read with GET: statistics list a hundred names an hour.
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

    public Exchange post(String address, Map<String, String> headers, byte[] body, Duration timeout) {
        return send(address, headers, timeout, builder -> builder.header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body)));
    }

    public Exchange get(String address, Map<String, String> headers, Duration timeout) {
        return send(address, headers, timeout, HttpRequest.Builder::GET);
    }

    private Exchange send(
            String address, Map<String, String> headers, Duration timeout, UnaryOperator<HttpRequest.Builder> method) {
        Instant start = clock.instant();
        HttpRequest request;
        try {
            HttpRequest.Builder builder =
                    method.apply(HttpRequest.newBuilder(URI.create(address)).timeout(timeout));
            builder.header("Accept-Encoding", "gzip");
            headers.forEach(builder::header);
            request = builder.build();
        } catch (IllegalArgumentException e) {
            return new Exchange.Impossible(
                    nothing(start, "the platform's address or the access token holds characters that cannot be sent"));
        }
        return exchange(request, start, timeout);
    }

    /// The beginning of an answer: kept because the client forgets the status when the body breaks off.
    private record Begun(int status, HttpHeaders headers, BoundedBodySubscriber body) {}

    /// A request on its way. `limit`: of the answer's bytes.
    private record Call(
            CompletableFuture<HttpResponse<BoundedBody>> response, AtomicReference<@Nullable Begun> begun, int limit) {}

    private Call call(HttpRequest request) {
        int limit = request.method().equals("GET") ? MAX_LISTING_BYTES : MAX_ANSWER_BYTES;
        AtomicReference<@Nullable Begun> begun = new AtomicReference<>();
        return new Call(
                client.sendAsync(request, head -> {
                    BoundedBodySubscriber body = new BoundedBodySubscriber(limit);
                    begun.set(new Begun(head.statusCode(), head.headers(), body));
                    return body;
                }),
                begun,
                limit);
    }

    private Exchange exchange(HttpRequest request, Instant start, Duration timeout) {
        Call call = call(request);
        try {
            HttpResponse<BoundedBody> response = call.response().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return answered(start, response.statusCode(), response.headers(), response.body(), call.limit());
        } catch (TimeoutException e) {
            call.response().cancel(true);
            return late(start, timeout);
        } catch (InterruptedException e) {
            call.response().cancel(true);
            Thread.currentThread().interrupt();
            return new Exchange.Broken(nothing(start, "interrupted while waiting for the answer"), true);
        } catch (ExecutionException e) {
            boolean isLate = e.getCause() instanceof HttpTimeoutException && !isNeverConnected(e.getCause());
            return isLate ? late(start, timeout) : broken(start, call, e.getCause());
        }
    }

    private Exchange late(Instant start, Duration timeout) {
        return new Exchange.Broken(nothing(start, "no complete answer within " + timeout.toSeconds() + " s"), true);
    }

    private Exchange broken(Instant start, Call call, @Nullable Throwable cause) {
        Begun half = call.begun().get();
        if (half != null) {
            return answered(start, half.status(), half.headers(), half.body().brokenOff(), call.limit());
        }
        boolean neverConnected = isNeverConnected(cause);
        String what = neverConnected ? "could not connect" : "the connection broke before the answer";
        return new Exchange.Broken(nothing(start, what), !neverConnected);
    }

    /// Only then is it certain that nothing arrived. A connection that broke later may have carried the whole request.
    private static boolean isNeverConnected(@Nullable Throwable cause) {
        return cause instanceof ConnectException
                || cause instanceof HttpConnectTimeoutException
                || cause instanceof SSLHandshakeException
                || cause instanceof UnresolvedAddressException;
    }

    private Exchange answered(Instant start, int status, HttpHeaders original, BoundedBody raw, int limit) {
        Map<String, List<String>> headers = lowerCase(original);
        boolean isZipped = headers.getOrDefault("content-encoding", List.of()).contains("gzip");
        BoundedBody body = isZipped ? raw.unzipped(limit) : raw;
        return new Exchange.Answered(
                new PlatformAnswer(clock.instant(), latency(start), status, headers, body.bytes(), body.complete()));
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
