package dev.varve.collect;

import dev.varve.collect.CollectOutcome.Issue;
import dev.varve.identity.ConsentLookup;
import dev.varve.identity.Consents;
import dev.varve.identity.PersonalText;
import dev.varve.identity.Profiles.Subject;
import dev.varve.identity.Sha256;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.IngestApps;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Takes what people state about consent and puts it on record for the user, the install, or both. Thread-safe.
public final class ConsentCollector {
    private static final Duration FUTURE_TOLERANCE = Duration.ofSeconds(60);

    private final Consents consents;
    private final IngestApps apps;
    private final EventAllowance allowance;
    private final InstantSource clock;

    public ConsentCollector(Consents consents, IngestApps apps, EventAllowance allowance, InstantSource clock) {
        this.consents = consents;
        this.apps = apps;
        this.allowance = allowance;
        this.clock = clock;
    }

    /// The app is named by the request, else by the body. When this returns `Described`, the record is stored.
    public DescribeOutcome state(SdkRequest request) {
        Sha256 sha256 = new Sha256();
        byte[] json = LoneSurrogates.mended(ByteOrderMark.without(request.body()));
        String appId = request.appId() != null ? request.appId() : ProfileBodyReader.appId(json);
        Optional<IngestApp> app = appId == null ? Optional.empty() : apps.find(appId);
        if (appId != null && (app.isEmpty() || !Collector.isAuthentic(request, app.get(), sha256))) {
            return new DescribeOutcome.Unauthenticated();
        }
        ConsentBodyReader reader = new ConsentBodyReader();
        ConsentBody body = reader.read(json);
        if (!reader.issues().isEmpty()) {
            return new DescribeOutcome.Invalid(reader.issues());
        }
        return app.<DescribeOutcome>map(known -> state(known, body, sha256))
                .orElseGet(DescribeOutcome.Unauthenticated::new);
    }

    private DescribeOutcome state(IngestApp app, ConsentBody body, Sha256 sha256) {
        if (body.appId() != null && !body.appId().equals(app.appId())) {
            return new DescribeOutcome.Invalid(
                    List.of(new Issue("app_id", "expected the app of X-App-Id, got another")));
        }
        Optional<Duration> wait = allowance.take(app.appId(), 1);
        if (wait.isPresent()) {
            return new DescribeOutcome.RateLimited(wait.get());
        }
        PersonalText personal = Collector.personalText(Optional.of(app), sha256);
        List<Subject> subjects = ConsentLookup.subjects(
                app.projectId(), stored(body.userId(), personal, sha256), stored(body.installId(), personal, sha256));
        consents.state(subjects, new Consents.Statement(body.said(), statedTime(body)));
        return new DescribeOutcome.Described();
    }

    private static @Nullable String stored(@Nullable String id, PersonalText personal, Sha256 sha256) {
        return id == null ? null : StoredId.of(personal.mask(id), sha256);
    }

    /// A time ahead of the clock would shut out every later statement, so it counts as now.
    private Instant statedTime(ConsentBody body) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Instant stated = body.timestamp();
        return stated == null || stated.isAfter(now.plus(FUTURE_TOLERANCE)) ? now : stated;
    }
}
