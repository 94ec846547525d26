package dev.varve.server.ingest;

import dev.varve.collect.CollectOutcome;
import dev.varve.collect.SdkRequest;
import dev.varve.event.RequestOrigin;
import dev.varve.eventlog.EventLogUnavailableException;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.server.http.ErrorEnvelope;
import dev.varve.server.http.RequestId;
import dev.varve.server.http.UnreadBody;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The ingest host's routes, each with and without the prefix `/l`: takes SDK requests over HTTP and hands their
/// bytes to the collector. A 202 leaves only after the collector returned, that is after the durable append.
public final class IngestRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(IngestRoutes.class);
    private static final Duration SLOW = Duration.ofSeconds(1);

    static final HeaderName APP_ID = HeaderNames.create("X-App-Id");
    private static final HeaderName API_KEY = HeaderNames.create("X-Api-Key");
    private static final HeaderName SDK_VERSION = HeaderNames.create("X-SDK-Version");
    private static final HeaderName ENVIRONMENT = HeaderNames.create("X-Environment");
    private static final HeaderName PROBE = HeaderNames.create(ProbeCredential.HEADER);
    static final Header JSON = HeaderValues.createCached("Content-Type", "application/json");

    private final Function<SdkRequest, CollectOutcome> collector;
    private final BodyReader bodies;
    private final ClientAddress clientAddress;
    private final ProbeCredential probe;
    private final IngestMeter meter;

    public IngestRoutes(
            Function<SdkRequest, CollectOutcome> collector,
            BodyReader bodies,
            ClientAddress clientAddress,
            ProbeCredential probe,
            IngestMeter meter) {
        this.collector = collector;
        this.bodies = bodies;
        this.clientAddress = clientAddress;
        this.probe = probe;
        this.meter = meter;
    }

    public void register(HttpRules rules) {
        for (String prefix : IngestCall.PREFIXES) {
            rules.post(prefix + "/events", this::collect);
            rules.options(prefix + "/events", Cors::preflight);
            rules.any(prefix + "/events", IngestRoutes::refuseMethod);
        }
    }

    private void collect(ServerRequest request, ServerResponse response) {
        Cors.decorate(request, response);
        try (BodyReader.Body body = bodies.read(request)) {
            long start = System.nanoTime();
            CollectOutcome outcome = collector.apply(sdkRequest(request, body.bytes()));
            answer(request, response, outcome, Duration.ofNanos(System.nanoTime() - start));
        } catch (EventLogUnavailableException e) {
            refuse(
                    request,
                    response,
                    new ApiException(ErrorCode.SERVICE_UNAVAILABLE, "events cannot be stored now")
                            .retryAfter(Duration.ofSeconds(1)));
        } catch (ApiException e) {
            refuse(request, response, e);
        }
    }

    private SdkRequest sdkRequest(ServerRequest request, byte[] body) {
        ServerRequestHeaders headers = request.headers();
        return new SdkRequest(
                header(headers, APP_ID),
                appKey(headers),
                probe.matches(header(headers, PROBE)),
                header(headers, SDK_VERSION),
                header(headers, ENVIRONMENT),
                new RequestOrigin(
                        clientAddress.of(request.remotePeer().address(), headers),
                        header(headers, HeaderNames.USER_AGENT)),
                body);
    }

    private void answer(ServerRequest request, ServerResponse response, CollectOutcome outcome, Duration latency) {
        switch (outcome) {
            case CollectOutcome.Collected collected -> accept(request, response, collected, latency);
            case CollectOutcome.Invalid invalid -> refuse(request, response, CollectAnswer.error(invalid));
            case CollectOutcome.TooManyEvents tooMany -> refuse(request, response, CollectAnswer.error(tooMany));
            case CollectOutcome.Unauthenticated refused -> refuse(request, response, CollectAnswer.error(refused));
            case CollectOutcome.RateLimited limited -> refuse(request, response, CollectAnswer.error(limited));
        }
    }

    private void accept(
            ServerRequest request, ServerResponse response, CollectOutcome.Collected collected, Duration latency) {
        meter.collected(
                collected.accepted(),
                collected.duplicates(),
                collected.rejected().size(),
                latency);
        boolean slow = latency.compareTo(SLOW) > 0;
        if (slow || LOG.isDebugEnabled()) {
            (slow ? LOG.atInfo() : LOG.atDebug())
                    .addKeyValue("requestId", RequestId.of(request))
                    .addKeyValue("appId", printable(header(request.headers(), APP_ID)))
                    .addKeyValue("accepted", collected.accepted())
                    .addKeyValue("duplicates", collected.duplicates())
                    .addKeyValue("rejected", collected.rejected().size())
                    .addKeyValue("latencyMs", latency.toMillis())
                    .log("event.collected");
        }
        response.status(Status.ACCEPTED_202);
        response.header(JSON);
        response.send(CollectAnswer.bytes(collected));
    }

    private void refuse(ServerRequest request, ServerResponse response, ApiException error) {
        meter.refused(error.code().name().toLowerCase(Locale.ROOT));
        UnreadBody.discard(request);
        ErrorEnvelope.send(request, response, error, RequestId.of(request));
    }

    private static void refuseMethod(ServerRequest request, ServerResponse response) {
        IngestCall.refuseMethod(request, response, "POST");
    }

    static @Nullable String appKey(ServerRequestHeaders headers) {
        String key = header(headers, API_KEY);
        if (key != null) {
            return key;
        }
        String authorization = header(headers, HeaderNames.AUTHORIZATION);
        if (authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return authorization.substring(7).strip();
        }
        return null;
    }

    static @Nullable String header(ServerRequestHeaders headers, HeaderName name) {
        if (!headers.contains(name)) {
            return null;
        }
        String value = headers.get(name).get();
        return value.isEmpty() ? null : value;
    }

    /// Client-given, so only what an app id can look like reaches the log.
    private static String printable(@Nullable String appId) {
        return appId != null && appId.matches("app_[0-9a-f]{24}") ? appId : "";
    }
}
