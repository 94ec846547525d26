package dev.varve.store.postgres.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.store.postgres.PostgresForTests;
import java.time.Duration;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TenantChangesTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private final TenantCopies tenant = new TenantCopies(postgres);

    @BeforeEach
    void begin() {
        tenant.begin();
    }

    @Test
    void whatDoesNotChangeIsNotReadAnew() {
        int before = tenant.reads();
        for (int i = 0; i < 300; i++) {
            tenant.poll();
            tenant.look();
        }
        assertThat(tenant.reads()).as("statements in a minute").isEqualTo(before);
    }

    @Test
    void aChangeOfAnotherTenantIsNone() {
        TenantCopies other = new TenantCopies(postgres);
        tenant.poll();
        int before = tenant.reads();
        other.sql("update layer set enabled = false where project_id = '<id>'");
        tenant.poll();
        tenant.look();
        assertThat(tenant.reads()).isEqualTo(before);
    }

    @Test
    void aChangeOfThisProcessIsSeenAtOnce() {
        tenant.sql("update layer set action_source = 'T1' where project_id = '<id>'");
        tenant.changedHere();
        assertThat(actionSource()).isEqualTo("T1");
    }

    @Test
    void aCommitThatComesLateIsSeen() {
        inTransaction(late -> {
            late.execute(tenant.named("update layer set action_source = 'T1' where project_id = '<id>'"));
            new TenantCopies(postgres).sql("update layer set enabled = false where project_id = '<id>'");
            tenant.poll();
            tenant.look();
            tenant.poll();
            assertThat(actionSource()).isNull();
        });
        tenant.poll();
        assertThat(actionSource()).isEqualTo("T1");
    }

    @Test
    void aLongTransactionDelaysNothingAndRepeatsNothing() {
        inTransaction(_ -> {
            tenant.sql("update layer set action_source = 'T1' where project_id = '<id>'");
            tenant.poll();
            assertThat(actionSource()).isEqualTo("T1");
            int before = tenant.reads();
            for (int i = 0; i < 20; i++) {
                tenant.poll();
                tenant.look();
            }
            assertThat(tenant.reads()).isEqualTo(before);
        });
    }

    @Test
    void whatWasUndoneChangedNothing() {
        int before = tenant.reads();
        try (Handle other = postgres.database().jdbi().open()) {
            other.begin();
            other.execute(tenant.named("update layer set action_source = 'T1' where project_id = '<id>'"));
            other.rollback();
        }
        tenant.poll();
        tenant.look();
        assertThat(tenant.reads()).isEqualTo(before);
    }

    @Test
    void withoutPollsACopyGrowsOldAsItDidBefore() {
        tenant.sql("update layer set action_source = 'T1' where project_id = '<id>'");
        tenant.away(true);
        assertThatThrownBy(tenant::poll).isInstanceOf(RuntimeException.class);
        assertThat(actionSource()).isNull();
        tenant.pass(Duration.ofMillis(400));
        assertThat(actionSource()).isEqualTo("T1");
    }

    /// Nobody knows what changed meanwhile, or whether it is the same database.
    @Test
    void afterAFailedPollNothingFromBeforeCounts() {
        tenant.away(true);
        assertThatThrownBy(tenant::poll).isInstanceOf(RuntimeException.class);
        tenant.sql("update layer set action_source = 'T1' where project_id = '<id>'");
        tenant.sql("delete from tenant_change");
        tenant.away(false);
        tenant.pass(Duration.ofSeconds(1));
        tenant.poll();
        assertThat(actionSource()).isEqualTo("T1");
        int before = tenant.reads();
        tenant.look();
        for (int i = 0; i < 10; i++) {
            tenant.poll();
            assertThat(actionSource()).isEqualTo("T1");
        }
        assertThat(tenant.reads()).as("what was read since holds again").isEqualTo(before);
    }

    @Test
    void afterALongPauseNothingFromBeforeCounts() {
        tenant.sql("update layer set action_source = 'T1' where project_id = '<id>'");
        tenant.sql("delete from tenant_change");
        tenant.pass(Duration.ofMinutes(1));
        tenant.poll();
        assertThat(actionSource()).isEqualTo("T1");
    }

    /// Its snapshot is no part of the series, so it does not tell of what changed before.
    @Test
    void theFirstPollSaysNothingOfWhatWasReadBefore() {
        TenantCopies early = new TenantCopies(postgres);
        early.look();
        early.sql("update layer set action_source = 'T1' where project_id = '<id>'");
        early.pass(Duration.ofSeconds(1));
        early.poll();
        assertThat(early.look().destination().orElseThrow().mapping().actionSource())
                .isEqualTo("T1");
    }

    @Test
    void theAppsOfAPixelAreReadAnewWithinTwentySecondsOfAnyChange() {
        TenantCopies other = new TenantCopies(postgres);
        other.sql("update layer set pixel_id = '" + tenant.pixel + "' where project_id = '<id>'");
        tenant.poll();
        int before = tenant.reads();
        tenant.look();
        assertThat(tenant.reads()).as("not for every change at once").isEqualTo(before);
        for (int i = 0; i < 100; i++) {
            tenant.poll();
        }
        assertThat(tenant.look().appsOfPixel()).containsExactlyInAnyOrder(tenant.app, other.app);
    }

    private @Nullable String actionSource() {
        return tenant.look().destination().orElseThrow().mapping().actionSource();
    }

    private static void inTransaction(Consumer<Handle> work) {
        try (Handle other = postgres.database().jdbi().open()) {
            other.begin();
            other.execute("select pg_current_xact_id()");
            work.accept(other);
            other.commit();
        }
    }
}
