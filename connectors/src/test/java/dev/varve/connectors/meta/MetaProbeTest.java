package dev.varve.connectors.meta;

import static dev.varve.connectors.Samples.MATCH;
import static dev.varve.connectors.Samples.NOW;
import static dev.varve.connectors.Samples.app;
import static dev.varve.connectors.Samples.candidate;
import static dev.varve.connectors.Samples.document;
import static dev.varve.connectors.Samples.event;
import static dev.varve.connectors.Samples.json;
import static dev.varve.connectors.Samples.prepared;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.connectors.AppCredentials;
import dev.varve.connectors.Samples;
import dev.varve.connectors.StubPlatform;
import dev.varve.connectors.StubPlatform.Reply;
import dev.varve.connectors.StubPlatform.Request;
import dev.varve.destination.AttemptOutcome.Delivered;
import dev.varve.destination.Destination;
import dev.varve.destination.Destination.Mapping;
import dev.varve.destination.ProbeResult.Accepted;
import dev.varve.destination.ProbeResult.PixelRefused;
import dev.varve.destination.ProbeResult.TokenRefused;
import dev.varve.destination.ProbeResult.Unknown;
import dev.varve.event.Platform;
import dev.varve.tenant.SdkPlatform;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetaProbeTest {
    private static final Reply OLD = error(400, 100, 2804003);
    private static final Reply RECORDED = new Reply(200, "{'events_received':1,'fbtrace_id':'t'}");
    private static final Reply READ = new Reply(200, "{'id':'900100200300400','name':'Shop'}");
    private static final Reply NO_READING = error(400, 100, 33);

    private final StubPlatform meta = new StubPlatform();

    @AfterEach
    void stop() {
        meta.close();
    }

    @ParameterizedTest
    @CsvSource({
        "400,100,2804003,Accepted",
        "400,100,2804050,Accepted",
        "400,100,0,Accepted",
        "401,190,0,TokenRefused",
        "401,190,463,TokenRefused",
        "400,102,0,TokenRefused",
        "403,10,0,PixelRefused",
        "403,3,0,PixelRefused",
        "403,200,0,PixelRefused",
        "403,299,0,PixelRefused",
        "400,100,33,PixelRefused",
        "400,803,0,PixelRefused",
        "400,80004,0,Unknown",
        "400,4,0,Unknown",
        "400,368,0,Unknown",
        "500,2,0,Unknown",
        "400,2635,0,Unknown",
        "400,987654,0,Unknown"
    })
    void aSendProbeProvesWhatItsCodeProves(int status, int code, int subcode, String verdict) {
        meta.answering(_ -> error(status, code, subcode));

        assertThat(connector(Optional.empty()).probe(destination()).getClass().getSimpleName())
                .isEqualTo(verdict);
    }

    @Test
    void anAnswerWithoutAnEnvelopeIsNoVerdict() {
        for (int status : new int[] {200, 302, 401, 403, 404, 429, 503}) {
            meta.answering(_ -> new Reply(status, "<html>"));
            assertThat(connector(Optional.empty()).probe(destination())).isInstanceOf(Unknown.class);
        }
    }

    @Test
    void theProbeIsAnEventThatIsWrongInItsAgeOnly() {
        meta.answering(_ -> OLD);

        assertThat(connector(Optional.empty()).probe(destination()))
                .isInstanceOfSatisfying(Accepted.class, accepted -> assertThat(accepted.conclusive())
                        .isTrue());
        assertThat(meta.requests()).singleElement().satisfies(request -> {
            assertThat(request.bearer()).isEqualTo("Bearer sbx_ok_1");
            assertThat(request.body()).doesNotContain("sbx_ok_1");
            assertThat(json(request.body()).at("/data/0/event_time").asLong())
                    .isEqualTo(NOW.minus(Duration.ofHours(204)).getEpochSecond());
        });
    }

    @Test
    void aRecordedProbeIsToldAndNeverRepeated() {
        meta.answering(request -> request.method().equals("POST") ? RECORDED : READ);
        MetaConnector connector = connector(Optional.empty());

        assertThat(connector.probe(destination()).answer().message()).contains("VarveProbe");
        assertThat(connector.probe(destination()))
                .isInstanceOfSatisfying(Accepted.class, accepted -> assertThat(accepted.conclusive())
                        .isTrue());
        assertThat(meta.requests())
                .filteredOn(request -> request.method().equals("POST"))
                .hasSize(1);
        assertThat(meta.requests().getLast().path()).startsWith("/v26.0/900100200300400?fields=id");
    }

    @Test
    void aRefusalToReadCountsOnlyAgainstATokenThatOnceCould() {
        meta.answering(request -> request.method().equals("POST") ? RECORDED : NO_READING);
        MetaConnector never = connector(Optional.empty());
        never.probe(destination());
        assertThat(never.probe(destination()))
                .isInstanceOfSatisfying(Accepted.class, accepted -> assertThat(accepted.conclusive())
                        .isFalse());

        meta.answering(request -> request.method().equals("POST") ? RECORDED : READ);
        MetaConnector once = connector(Optional.empty());
        once.probe(destination());
        meta.answering(_ -> NO_READING);
        assertThat(once.probe(destination())).isInstanceOf(PixelRefused.class);
        meta.answering(_ -> error(401, 190, 463));
        assertThat(once.probe(destination())).isInstanceOf(TokenRefused.class);
    }

    @Test
    void anotherTokenIsProbedBySendingAgain() {
        meta.answering(request -> request.method().equals("POST") ? RECORDED : READ);
        MetaConnector connector = connector(Optional.empty());
        connector.probe(destination());

        connector.probe(destination("sbx_ok_2"));

        assertThat(meta.requests())
                .filteredOn(request -> request.method().equals("POST"))
                .hasSize(2);
    }

    @Test
    void aTokenThatPassesInTheBodyOnlyIsSentThereFromThenOn() {
        meta.answering(request ->
                request.bearer() != null ? error(401, 190, 0) : request.body().contains("VarveProbe") ? OLD : RECORDED);
        MetaConnector connector = connector(Optional.empty());

        assertThat(connector.probe(destination())).isInstanceOf(Accepted.class);
        assertThat(connector.send(
                        destination(),
                        List.of(prepared(connector.prepare(
                                candidate(event("search", "web", document("{}", "{}", MATCH)), app(SdkPlatform.WEB)),
                                destination(),
                                NOW)))))
                .isInstanceOf(Delivered.class);
        Request last = meta.requests().getLast();
        assertThat(last.bearer()).isNull();
        assertThat(last.path()).doesNotContain("sbx_ok_1");
        assertThat(json(last.body()).path("access_token").asText()).isEqualTo("sbx_ok_1");
        assertThat(meta.requests()).hasSize(3);
    }

    @Test
    void aTokenRefusedInBothPlacesIsRefused() {
        meta.answering(_ -> error(401, 190, 463));

        assertThat(connector(Optional.empty()).probe(destination()).answer().message())
                .startsWith("code 190/463");
        assertThat(meta.requests()).hasSize(2);
    }

    @Test
    void theOperatorsAppIsAskedFirstAndItsNoIsFinal() {
        meta.answering(_ -> new Reply(200, "{'data':{'is_valid':false,'error':{'code':190,'message':'expired'}}}"));

        assertThat(connector(withApp()).probe(destination())).isInstanceOfSatisfying(TokenRefused.class, refused -> {
            assertThat(refused.answer().platformCode()).isEqualTo(190);
            assertThat(refused.answer().message()).contains("expired");
        });
        assertThat(meta.requests()).singleElement().satisfies(request -> assertThat(request.path())
                .isEqualTo("/v26.0/debug_token?input_token=sbx_ok_1&access_token=77%7Chush"));
    }

    @Test
    void anExpiryInThePastIsANo() {
        long past = NOW.minusSeconds(5).getEpochSecond();
        meta.answering(_ -> new Reply(200, "{'data':{'is_valid':true,'expires_at':" + past + "}}"));

        assertThat(connector(withApp()).probe(destination())).isInstanceOf(TokenRefused.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | {'data':{'is_valid':true,'expires_at':0}}",
                "200 | {'data':{'is_valid':false,'error':{'code':100,'message':'another app'}}}",
                "401 | {'error':{'code':190,'message':'wrong app secret'}}",
                "500 | <html>",
                "200 | {}"
            },
            quoteCharacter = '`')
    void whateverElseTheAppIsToldTheSendProbeDecides(int status, String body) {
        meta.answering(request -> request.path().contains("debug_token") ? new Reply(status, body) : OLD);

        assertThat(connector(withApp()).probe(destination())).isInstanceOf(Accepted.class);
        assertThat(meta.requests()).hasSize(2);
    }

    @Test
    void credentialsDoNotPrintTheirSecret() {
        assertThat(new AppCredentials("77", "hush").toString()).contains("77").doesNotContain("hush");
    }

    private static Optional<AppCredentials> withApp() {
        return Optional.of(new AppCredentials("77", "hush"));
    }

    private MetaConnector connector(Optional<AppCredentials> app) {
        return new MetaConnector(
                meta.client(),
                InstantSource.fixed(NOW),
                new MetaSettings(
                        MetaSettings.Versions.DEFAULT, "https://shop.example.com/", Duration.ofSeconds(10), app));
    }

    private Destination destination() {
        return Samples.destination(Platform.META, "900100200300400", Mapping.DEFAULT, meta.endpoint(), true);
    }

    private Destination destination(String token) {
        Destination known = destination();
        return new Destination(
                known.key(),
                known.enabled(),
                known.testMode(),
                known.pixelId(),
                Optional.of(new Destination.AccessToken(token)),
                known.endpoint(),
                known.mapping());
    }

    private static Reply error(int status, int code, int subcode) {
        return new Reply(
                status,
                "{'error':{'message':'m','code':" + code + ",'error_subcode':" + subcode + ",'fbtrace_id':'t'}}");
    }
}
