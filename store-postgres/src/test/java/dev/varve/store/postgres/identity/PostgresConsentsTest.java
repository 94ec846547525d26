package dev.varve.store.postgres.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.varve.identity.ConsentRecord;
import dev.varve.identity.Consents;
import dev.varve.identity.ConsentsContract;
import dev.varve.identity.Profiles.Subject;
import dev.varve.store.postgres.PostgresForTests;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The store, and the cache before it as two processes use it.
class PostgresConsentsTest extends ConsentsContract {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private final AtomicLong nanos = new AtomicLong();
    private final Subject user = new Subject(UUID.randomUUID(), Subject.Kind.USER, "u-1");

    @Override
    protected Consents consents() {
        return store();
    }

    private static PostgresConsents store() {
        return new PostgresConsents(postgres.database().jdbi());
    }

    private CachedConsents process() {
        Ticker ticker = nanos::get;
        CachedConsents consents = new CachedConsents(store(), ticker);
        consents.refresh();
        return consents;
    }

    private static void state(Consents consents, Subject subject, boolean analytics, int second) {
        consents.state(
                List.of(subject),
                new Consents.Statement(new ConsentRecord(analytics, null, null), NOW.plusSeconds(second)));
    }

    @Test
    void aProcessSeesItsOwnRecordsAtOnceAndThoseOfOthersAfterItsNextLook() {
        CachedConsents one = process();
        CachedConsents other = process();
        state(one, user, false, 0);
        assertThat(one.restricting(List.of(user))).containsOnlyKeys(user);
        assertThat(other.restricting(List.of(user))).isEmpty();
        other.refresh();
        assertThat(other.restricting(List.of(user))).containsOnlyKeys(user);
        assertThat(process().restricting(List.of(user))).containsOnlyKeys(user);
    }

    @Test
    void aGrantIsSeenByTheOthersWithinASecond() {
        CachedConsents one = process();
        state(one, user, false, 0);
        CachedConsents other = process();
        assertThat(other.restricting(List.of(user))).containsOnlyKeys(user);
        state(one, user, true, 1);
        assertThat(one.restricting(List.of(user))).isEmpty();
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(other.restricting(List.of(user))).isEmpty();
    }

    @Test
    void aRecordWhoseTransactionWasStillOpenAtTheLastLookIsSeenAtTheNext() {
        CachedConsents other = process();
        Subject late = new Subject(UUID.randomUUID(), Subject.Kind.USER, "late");
        try (Handle open = postgres.database().jdbi().open()) {
            open.begin();
            SubjectKey key = SubjectKey.of(late);
            open.execute(
                    "insert into consent_record (project_id, subject, analytics, analytics_at) values (?, ?, false, now())",
                    key.project(),
                    key.subject());
            state(store(), user, false, 0);
            other.refresh();
            assertThat(other.restricting(List.of(user, late))).containsOnlyKeys(user);
            open.commit();
        }
        other.refresh();
        assertThat(other.restricting(List.of(late))).containsOnlyKeys(late);
    }

    @Test
    void ofThoseWhoStatedNothingTheFilterKnowsNearlyAllWithoutAQuery() {
        SubjectFilter filter = new SubjectFilter();
        for (int i = 0; i < 200_000; i++) {
            filter.add(new SubjectKey(user.projectId(), UUID.randomUUID()));
        }
        int mistaken = 0;
        for (int i = 0; i < 100_000; i++) {
            mistaken += filter.mayContain(new SubjectKey(user.projectId(), UUID.randomUUID())) ? 1 : 0;
        }
        assertThat(mistaken).isLessThan(100);
    }
}
