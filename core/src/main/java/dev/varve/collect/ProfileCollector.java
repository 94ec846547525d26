package dev.varve.collect;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.collect.CollectOutcome.Issue;
import dev.varve.identity.MatchFields;
import dev.varve.identity.MatchInputs;
import dev.varve.identity.MatchSettings;
import dev.varve.identity.PersonalText;
import dev.varve.identity.Profiles;
import dev.varve.identity.Profiles.Subject;
import dev.varve.identity.Sha256;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.IngestApps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// Takes properties that an SDK sends for a user: hashes personal data as in events, and merges them into the profile
/// that later feeds the matching of the user's events. Thread-safe.
public final class ProfileCollector {
    private static final Duration FUTURE_TOLERANCE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.builder(BodyReader.JSON)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final Profiles profiles;
    private final IngestApps apps;
    private final EventAllowance allowance;
    private final InstantSource clock;

    public ProfileCollector(Profiles profiles, IngestApps apps, EventAllowance allowance, InstantSource clock) {
        this.profiles = profiles;
        this.apps = apps;
        this.allowance = allowance;
        this.clock = clock;
    }

    /// The app is named by the request, else by the body. When this returns `Described`, the profile is stored.
    public DescribeOutcome describe(SdkRequest request) {
        Sha256 sha256 = new Sha256();
        byte[] json = LoneSurrogates.mended(ByteOrderMark.without(request.body()));
        String appId = request.appId() != null ? request.appId() : ProfileBodyReader.appId(json);
        Optional<IngestApp> app = appId == null ? Optional.empty() : apps.find(appId);
        if (appId != null && (app.isEmpty() || !Collector.isAuthentic(request, app.get(), sha256))) {
            return new DescribeOutcome.Unauthenticated();
        }
        PersonalText personal = Collector.personalText(app, sha256);
        ProfileBodyReader reader = new ProfileBodyReader(personal);
        ProfileBody body = reader.read(json);
        if (reader.isTooLarge()) {
            return new DescribeOutcome.TooLarge(ProfileBodyReader.MAX_BYTES);
        }
        if (!reader.issues().isEmpty()) {
            return new DescribeOutcome.Invalid(reader.issues());
        }
        return app.<DescribeOutcome>map(known -> describe(known, body, personal, sha256))
                .orElseGet(DescribeOutcome.Unauthenticated::new);
    }

    private DescribeOutcome describe(IngestApp app, ProfileBody body, PersonalText personal, Sha256 sha256) {
        if (body.appId() != null && !body.appId().equals(app.appId())) {
            return new DescribeOutcome.Invalid(
                    List.of(new Issue("app_id", "expected the app of X-App-Id, got another")));
        }
        String userId = body.userId();
        byte[] properties = body.properties();
        if (userId == null || userId.isEmpty() || properties == null) {
            return new DescribeOutcome.Nobody();
        }
        Optional<Duration> wait = allowance.take(app.appId(), 1);
        if (wait.isPresent()) {
            return new DescribeOutcome.RateLimited(wait.get());
        }
        Instant at = statedTime(body);
        ObjectNode match = match(body.match(), new MatchSettings(sha256, at, app.defaultCountries()));
        profiles.describe(
                new Subject(app.projectId(), Subject.Kind.USER, StoredId.of(personal.mask(userId), sha256)),
                new Profiles.Description(object(properties), match, at, body.once()));
        return new DescribeOutcome.Described();
    }

    /// A time ahead of the clock would shut out every later value, so it counts as now.
    private Instant statedTime(ProfileBody body) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Instant stated = body.timestamp();
        return stated == null || stated.isAfter(now.plus(FUTURE_TOLERANCE)) ? now : stated;
    }

    /// Without the warnings, which speak of this request and not of the person.
    private static ObjectNode match(MatchInputs inputs, MatchSettings settings) {
        ByteSink sink = new ByteSink(256);
        try (JsonGenerator out = BodyReader.JSON.createGenerator(sink, JsonEncoding.UTF8)) {
            out.writeStartObject();
            inputs.writeTo(out, settings);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing into memory failed", e);
        }
        ObjectNode match = object(sink.toBytes()).withObject("match");
        match.remove(MatchFields.WARNINGS);
        return match;
    }

    private static ObjectNode object(byte[] json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }
}
