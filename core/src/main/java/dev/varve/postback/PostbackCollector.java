package dev.varve.postback;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.collect.CollectOutcome;
import dev.varve.collect.Collector;
import dev.varve.collect.EventAllowance;
import dev.varve.collect.ServerRequest;
import dev.varve.event.Event;
import dev.varve.identity.Sha256;
import dev.varve.postback.Postbacks.Address;
import dev.varve.postback.Postbacks.Place;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.IngestApps;
import dev.varve.tenant.Mode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes Apple's postbacks: a genuine one becomes an event of its app, once; a forged one is kept aside; one whose app
/// is not known waits for it. When `take` returns `Taken`, that is durable. Thread-safe.
public final class PostbackCollector {
    private static final Logger LOG = LoggerFactory.getLogger(PostbackCollector.class);
    private static final int PER_ROUND = 100;
    /// Those whose app is not known share one allowance.
    private static final String NOBODY = "";
    private static final Set<String> PROOFS = Set.of("jws-string", "attribution-signature");

    private final Postbacks postbacks;
    private final IngestApps apps;
    private final EventAllowance allowance;
    private final Function<ServerRequest, CollectOutcome> collector;
    private final SignatureCheck signatures;
    private final InstantSource clock;

    public PostbackCollector(
            Postbacks postbacks,
            IngestApps apps,
            EventAllowance allowance,
            Function<ServerRequest, CollectOutcome> collector,
            AppleKeys keys,
            InstantSource clock) {
        this.postbacks = postbacks;
        this.apps = apps;
        this.allowance = allowance;
        this.collector = collector;
        this.signatures = new SignatureCheck(keys);
        this.clock = clock;
    }

    public PostbackOutcome take(PostbackRequest request) {
        String named = request.sdk().appId();
        Optional<IngestApp> app = named == null ? Optional.empty() : apps.find(named);
        if (named != null && (app.isEmpty() || !mayReport(request, app.get()))) {
            return new PostbackOutcome.Unauthenticated();
        }
        Optional<Postback> read = PostbackReader.read(request.sdk().body());
        if (read.isEmpty()) {
            return new PostbackOutcome.NotJson();
        }
        String appStoreId = read.get().appStoreId();
        Address found = new Address(named, request.host(), appStoreId);
        Optional<Place> place = place(found);
        if (place.isPresent() && !isOfApp(place.get(), appStoreId)) {
            found = new Address(null, null, appStoreId);
            place = place(found);
        }
        Optional<IngestApp> known = place.flatMap(p -> apps.find(p.appId()));
        if (known.isPresent() && !mayReport(request, known.get())) {
            return new PostbackOutcome.Unauthenticated();
        }
        Optional<Duration> wait = allowance.take(known.map(IngestApp::appId).orElse(NOBODY), 1);
        if (wait.isPresent()) {
            return new PostbackOutcome.RateLimited(wait.get());
        }
        Mode mode = known.isPresent() ? place.orElseThrow().mode() : Mode.LIVE;
        take(read.get(), found, known, mode, request.sdk().body());
        return new PostbackOutcome.Taken();
    }

    /// Stores what waited for apps that have appeared meanwhile. Call it now and then.
    public void attach() {
        for (Postbacks.Arrived waiting : postbacks.arrived(PER_ROUND)) {
            Optional<IngestApp> app = apps.find(waiting.place().appId());
            Optional<Postback> postback = PostbackReader.read(waiting.body());
            if (app.isPresent() && postback.isPresent()) {
                Address address =
                        new Address(app.get().appId(), null, postback.get().appStoreId());
                judge(
                        postback.get(),
                        address,
                        app.get(),
                        waiting.place().mode(),
                        new Arrival(waiting.receivedAt(), waiting.body()));
                postbacks.forget(waiting);
            }
        }
    }

    private record Arrival(Instant at, byte[] body) {}

    private Optional<Place> place(Address address) {
        String named = address.appId();
        return named == null
                ? postbacks.place(address.host(), address.appStoreId())
                : postbacks.mode(named).map(mode -> new Place(named, mode));
    }

    /// The app's number is signed, a name or host beside it is not: naming another app would count a postback again.
    /// Without a number of its own an app takes what is named for it and is no other app's.
    private boolean isOfApp(Place place, @Nullable String appStoreId) {
        String own =
                apps.find(place.appId()).map(app -> app.store().appStoreId()).orElse(null);
        return own == null
                ? postbacks
                        .place(null, appStoreId)
                        .filter(owner -> !owner.equals(place))
                        .isEmpty()
                : own.equals(appStoreId);
    }

    /// Devices know no key, so at their own paths none is asked for; a wrong one is refused everywhere.
    private static boolean mayReport(PostbackRequest request, IngestApp app) {
        boolean bringsNone = request.sdk().appKey() == null;
        return bringsNone && request.door() == PostbackRequest.Door.WELL_KNOWN
                || Collector.isAuthentic(request.sdk(), app, new Sha256());
    }

    private void take(Postback postback, Address address, Optional<IngestApp> app, Mode mode, byte[] body) {
        Arrival arrival = new Arrival(clock.instant(), body);
        if (app.isPresent()) {
            Address named = new Address(app.get().appId(), address.host(), address.appStoreId());
            judge(postback, named, app.get(), mode, arrival);
            return;
        }
        Postbacks.Fate fate =
                switch (signatures.check(postback, Mode.TEST)) {
                    case Verdict.Genuine() -> new Postbacks.Fate.Waiting();
                    case Verdict.Rejected(var reason) -> new Postbacks.Fate.Rejected(reason);
                };
        keep(postback, address, fate, arrival);
    }

    private void judge(Postback postback, Address address, IngestApp app, Mode mode, Arrival arrival) {
        String refusal =
                switch (signatures.check(postback, mode)) {
                    case Verdict.Genuine() -> store(postback, app, arrival.at);
                    case Verdict.Rejected(var reason) -> reason;
                };
        if (!refusal.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("appId", app.appId())
                    .addKeyValue("reason", refusal)
                    .log("postback.rejected");
            keep(postback, address, new Postbacks.Fate.Rejected(refusal), arrival);
        }
    }

    private void keep(Postback postback, Address address, Postbacks.Fate fate, Arrival arrival) {
        String name =
                switch (fate) {
                    case Postbacks.Fate.Waiting() -> postback.key();
                    case Postbacks.Fate.Rejected _ -> new String(arrival.body, StandardCharsets.UTF_8);
                };
        postbacks.keep(new Postbacks.Kept(arrival.at, address, name, fate, arrival.body));
    }

    /// Empty when it is stored. What Apple does not sign may be anything, also what no event can hold.
    private String store(Postback postback, IngestApp app, Instant at) {
        byte[] body = eventBody(postback, at).toString().getBytes(StandardCharsets.UTF_8);
        return collector.apply(new ServerRequest(app, body)) instanceof CollectOutcome.Collected ? "" : "invalid";
    }

    private static ObjectNode eventBody(Postback postback, Instant at) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("name", Event.SKAN_POSTBACK)
                .put("eventId", "skan_" + new Sha256().hex(postback.key()).substring(0, 32))
                .put("occurredAt", at.toString());
        event.set("properties", properties(postback));
        event.putObject("context").put("platform", "ios");
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putArray("events").add(event);
        return body;
    }

    /// What Apple says, without the proof. In test set-ups Apple says 0 for the app that showed the ad.
    private static ObjectNode properties(Postback postback) {
        ObjectNode properties = JsonNodeFactory.instance.objectNode();
        postback.fields().properties().forEach(field -> {
            if (field.getValue().isValueNode() && !PROOFS.contains(field.getKey())) {
                properties.set(field.getKey(), field.getValue());
            }
        });
        properties.put(
                "framework",
                Map.of(Postback.Kind.SKADNETWORK, "skadnetwork", Postback.Kind.ATTRIBUTION_KIT, "adattributionkit")
                        .get(postback.kind()));
        if ("0".equals(postback.raw().text("source-app-id"))) {
            properties.put("test", true);
        }
        return properties;
    }
}
