package dev.varve.postback;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.collect.Collector;
import dev.varve.collect.EventAllowance;
import dev.varve.collect.SdkRequest;
import dev.varve.event.Event;
import dev.varve.event.EventSource;
import dev.varve.event.RequestOrigin;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.InMemoryEventLog;
import dev.varve.identity.Sha256;
import dev.varve.postback.PostbackRequest.Door;
import dev.varve.postback.Postbacks.Place;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.Mode;
import dev.varve.tenant.SdkPlatform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/// Apple's postbacks become events once; what is not Apple's never does.
class PostbackCollectorTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final UUID PROJECT = UUID.randomUUID();
    private static final KeyPair OWN = keyPair();
    private static final AppleKeys KEYS = new AppleKeys(
            AppleKeys.APPLE.skan(), Map.of("live/0", OWN.getPublic()), Map.of("sandbox/0", OWN.getPublic()));

    private final InMemoryEventLog log = new InMemoryEventLog();
    private final InMemoryPostbacks postbacks = new InMemoryPostbacks();
    private final List<String> known = new ArrayList<>(List.of("app_1"));
    private final Map<String, @Nullable String> numbers = new HashMap<>();
    private boolean isKeyRequired;
    private final PostbackCollector collector = new PostbackCollector(
            postbacks,
            this::find,
            EventAllowance.UNLIMITED,
            new Collector(log, this::find, EventAllowance.UNLIMITED, () -> NOW)::collectServer,
            KEYS,
            () -> NOW);

    private Optional<IngestApp> find(String appId) {
        return known.contains(appId) ? Optional.of(app(appId)) : Optional.empty();
    }

    private IngestApp app(String appId) {
        return new IngestApp(
                appId,
                PROJECT,
                SdkPlatform.IOS,
                new IngestApp.AppKeyPolicy(new Sha256().bytes("ak_right"), isKeyRequired),
                new IngestApp.AppStoreIdentity("Acme", null, null, null, numbers.getOrDefault(appId, "525463029")),
                Map.of(),
                Map.of());
    }

    private PostbackOutcome take(@Nullable String appId, @Nullable String host, Door door, byte[] body) {
        SdkRequest sdk = new SdkRequest(appId, null, false, null, null, RequestOrigin.UNKNOWN, body);
        return collector.take(new PostbackRequest(sdk, host, door));
    }

    private PostbackOutcome take(JsonNode body) {
        postbacks.byStoreId.putIfAbsent("525463029", new Place("app_1", Mode.LIVE));
        return take(null, null, Door.WELL_KNOWN, body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private List<Event> stored() {
        return log
                .read(
                        log.ownStreams().getFirst(),
                        EventLog.firstOffset(log.ownStreams().getFirst()) - 1,
                        100)
                .stream()
                .map(logged -> logged.event())
                .toList();
    }

    private static List<ObjectNode> vectors() {
        try (InputStream in = PostbackCollectorTest.class.getResourceAsStream("apple-vectors.json")) {
            List<ObjectNode> vectors = new ArrayList<>();
            JSON.readTree(in).forEach(vector -> vectors.add((ObjectNode) vector));
            return vectors;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static ObjectNode attributionKit(String kid, String algorithm, int index) {
        String header = "{\"kid\":\"" + kid + "\",\"alg\":\"" + algorithm + "\"}";
        String payload = """
                {"advertised-item-identifier":525463029,"ad-network-identifier":"n.adattributionkit",
                 "postback-identifier":"p-1","postback-sequence-index":%d,"did-win":true}""".formatted(index);
        String message = base64(header.getBytes(StandardCharsets.UTF_8)) + "."
                + base64(payload.getBytes(StandardCharsets.UTF_8));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(OWN.getPrivate());
            signature.update(message.getBytes(StandardCharsets.US_ASCII));
            return JSON.createObjectNode()
                    .put("jws-string", message + "." + base64(signature.sign()))
                    .put("conversion-value", 12);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Example
    void applesPublishedPostbacksAreGenuineAndStoredOnce() {
        for (ObjectNode vector : vectors()) {
            assertThat(take(vector)).isInstanceOf(PostbackOutcome.Taken.class);
            assertThat(take(vector)).isInstanceOf(PostbackOutcome.Taken.class);
        }
        assertThat(stored()).hasSize(5).allSatisfy(event -> {
            assertThat(event.name()).isEqualTo("skan_postback");
            assertThat(event.source()).isEqualTo(EventSource.SERVER);
            assertThat(event.sender().platform()).isEqualTo("ios");
            assertThat(event.occurredAt()).isEqualTo(NOW);
        });
        assertThat(new String(stored().getFirst().document(), StandardCharsets.UTF_8))
                .contains("\"conversion-value\":63", "\"source-domain\":\"example.com\"")
                .doesNotContain("attribution-signature");
        assertThat(postbacks.kept).isEmpty();
    }

    @Example
    void anySignedValueChangedMakesItAForgery() {
        for (ObjectNode vector : vectors()) {
            vector.fieldNames().forEachRemaining(field -> {
                if (!field.endsWith("conversion-value") && !field.equals("app-id")) {
                    ObjectNode forged = vector.deepCopy();
                    forged.put(field, forged.path(field).asText() + "0");
                    assertThat(take(forged)).isInstanceOf(PostbackOutcome.Taken.class);
                }
            });
        }
        assertThat(stored()).isEmpty();
        assertThat(postbacks.kept).isNotEmpty().allSatisfy((_, kept) -> assertThat(kept.fate())
                .isInstanceOf(Postbacks.Fate.Rejected.class));
    }

    @Example
    void versionsNobodyCanCheckAreKeptAsRejected() {
        for (String version : List.of("1.0", "2.0", "5.0", "")) {
            take(vectors().getFirst().put("version", version));
        }
        assertThat(stored()).isEmpty();
        assertThat(postbacks.kept.values())
                .extracting(Postbacks.Kept::fate)
                .containsOnly(new Postbacks.Fate.Rejected("unsupported"));
    }

    @Example
    void anAttributionKitPostbackIsStoredOncePerIndex() {
        take(attributionKit("live/0", "ES256", 0));
        take(attributionKit("live/0", "ES256", 0));
        take(attributionKit("live/0", "ES256", 1));
        assertThat(stored()).hasSize(2);
        assertThat(new String(stored().getFirst().document(), StandardCharsets.UTF_8))
                .contains("\"postback-identifier\":\"p-1\"", "\"conversion-value\":12")
                .doesNotContain("jws-string");
    }

    @Example
    void otherAlgorithmsUnknownKeysAndDevelopmentKeysDoNotCount() {
        take(attributionKit("live/0", "none", 0));
        take(attributionKit("live/9", "ES256", 0));
        take(attributionKit("sandbox/0", "ES256", 0));
        assertThat(stored()).isEmpty();
        postbacks.byStoreId.put("525463029", new Place("app_1", Mode.TEST));
        take(attributionKit("sandbox/0", "ES256", 0));
        assertThat(stored()).hasSize(1);
    }

    @Example
    void aPostbackOfAnUnknownAppWaitsAndIsAttachedWhenTheAppAppears() {
        byte[] body = vectors().getFirst().toString().getBytes(StandardCharsets.UTF_8);
        assertThat(take(null, "in.example.net", Door.ROUTE, body)).isInstanceOf(PostbackOutcome.Taken.class);
        collector.attach();
        assertThat(stored()).isEmpty();
        assertThat(postbacks.kept).hasSize(1);
        postbacks.byStoreId.put("525463029", new Place("app_1", Mode.LIVE));
        collector.attach();
        assertThat(stored()).hasSize(1);
        assertThat(postbacks.kept).isEmpty();
    }

    @Example
    void theHostNamesTheAppBeforeTheStoreNumberDoes() {
        known.add("app_2");
        postbacks.byHost.put("shop.example", new Place("app_2", Mode.LIVE));
        postbacks.byStoreId.put("525463029", new Place("app_1", Mode.LIVE));
        take(
                null,
                "shop.example",
                Door.WELL_KNOWN,
                vectors().getFirst().toString().getBytes(StandardCharsets.UTF_8));
        assertThat(stored())
                .singleElement()
                .satisfies(event -> assertThat(event.identity().appId()).isEqualTo("app_2"));
    }

    /// Whoever has seen a postback can send it again under another app's name or host.
    @Example
    void theSignedNumberOutweighsANameAndAHost() {
        known.addAll(List.of("app_2", "app_bare"));
        numbers.put("app_2", "7");
        numbers.put("app_bare", null);
        postbacks.byHost.put("shop.example", new Place("app_2", Mode.LIVE));
        postbacks.byStoreId.put("525463029", new Place("app_1", Mode.LIVE));
        byte[] body = vectors().getFirst().toString().getBytes(StandardCharsets.UTF_8);
        for (String named : List.of("app_1", "app_2", "app_bare")) {
            assertThat(take(named, null, Door.ROUTE, body)).isInstanceOf(PostbackOutcome.Taken.class);
        }
        assertThat(take(null, "shop.example", Door.WELL_KNOWN, body)).isInstanceOf(PostbackOutcome.Taken.class);
        assertThat(stored()).extracting(event -> event.identity().appId()).containsExactly("app_1");
    }

    @Example
    void anAppWithoutANumberTakesWhatIsNamedForItAndNobodyElses() {
        known.add("app_bare");
        numbers.put("app_bare", null);
        postbacks.byHost.put("bare.example", new Place("app_bare", Mode.LIVE));
        byte[] body = vectors().getFirst().toString().getBytes(StandardCharsets.UTF_8);
        take(null, "bare.example", Door.WELL_KNOWN, body);
        assertThat(stored()).extracting(event -> event.identity().appId()).containsExactly("app_bare");
    }

    @Example
    void whatIsNamedForAnAppOfAnotherNumberWaitsForItsOwn() {
        numbers.put("app_1", "7");
        byte[] body = vectors().getFirst().toString().getBytes(StandardCharsets.UTF_8);
        assertThat(take("app_1", null, Door.ROUTE, body)).isInstanceOf(PostbackOutcome.Taken.class);
        assertThat(stored()).isEmpty();
        assertThat(postbacks.kept.values())
                .extracting(Postbacks.Kept::fate)
                .containsExactly(new Postbacks.Fate.Waiting());
    }

    @Example
    void aKeyIsAskedForAtTheRouteOnly() {
        isKeyRequired = true;
        postbacks.byStoreId.put("525463029", new Place("app_1", Mode.LIVE));
        byte[] body = vectors().getFirst().toString().getBytes(StandardCharsets.UTF_8);
        assertThat(take(null, null, Door.ROUTE, body)).isInstanceOf(PostbackOutcome.Unauthenticated.class);
        assertThat(take("app_9", null, Door.ROUTE, body)).isInstanceOf(PostbackOutcome.Unauthenticated.class);
        assertThat(take(null, null, Door.WELL_KNOWN, body)).isInstanceOf(PostbackOutcome.Taken.class);
    }

    @Example
    void whatIsNoJsonObjectIsRefused() {
        for (String body : List.of("", "[]", "{", "7", "{} {}", "{\"a\":1,\"a\":2}")) {
            assertThat(take(null, null, Door.ROUTE, body.getBytes(StandardCharsets.UTF_8)))
                    .as(body)
                    .isInstanceOf(PostbackOutcome.NotJson.class);
        }
    }

    @Property(tries = 300)
    void nothingWithoutASignatureIsEverStored(@ForAll String field, @ForAll String value, @ForAll byte[] bytes) {
        take(vectors().getFirst().put("attribution-signature", value).put(field, value));
        take(JSON.createObjectNode().put("jws-string", value + "." + field + "." + value));
        take(attributionKit("live/0", "ES256", 0).put("jws-string", base64(bytes) + "." + base64(bytes) + ".x"));
        take(null, value, Door.WELL_KNOWN, bytes);
        assertThat(stored()).isEmpty();
    }
}
