package dev.varve.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.Consents.Statement;
import dev.varve.identity.Profiles.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What every store of consent records must do.
public abstract class ConsentsContract {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private final UUID project = UUID.randomUUID();
    private final Subject user = new Subject(project, Subject.Kind.USER, "u-1");
    private final Subject install = new Subject(project, Subject.Kind.INSTALL, "u-1");

    protected abstract Consents consents();

    private void state(int second, @Nullable Boolean analytics, @Nullable Boolean advertising, @Nullable String att) {
        consents()
                .state(
                        List.of(user),
                        new Statement(new ConsentRecord(analytics, advertising, att), NOW.plusSeconds(second)));
    }

    private @Nullable ConsentRecord stored() {
        return consents().find(List.of(user)).get(user);
    }

    @Test
    void nobodyHasARecordAtFirst() {
        assertThat(consents().find(List.of(user, install))).isEmpty();
        assertThat(consents().find(List.of())).isEmpty();
    }

    @Test
    void omittedFieldsStayAsTheyAre() {
        state(0, true, null, "denied");
        state(1, null, false, null);
        assertThat(stored()).isEqualTo(new ConsentRecord(true, false, "denied"));
    }

    @Test
    void theNewerStatementWinsWhicheverComesFirst() {
        state(10, false, null, null);
        state(5, true, true, "authorized");
        assertThat(stored()).isEqualTo(new ConsentRecord(false, true, "authorized"));
        state(20, true, false, null);
        assertThat(stored()).isEqualTo(new ConsentRecord(true, false, "authorized"));
    }

    @Test
    void ofEqualTimesTheLastArrivalWins() {
        state(0, true, null, null);
        state(0, false, null, null);
        assertThat(stored()).isEqualTo(new ConsentRecord(false, null, null));
    }

    @Test
    void userAndInstallOfTheSameNameAndOtherProjectsAreKeptApart() {
        Subject elsewhere = new Subject(UUID.randomUUID(), Subject.Kind.USER, "u-1");
        state(0, false, null, null);
        assertThat(consents().find(List.of(user, install, elsewhere)))
                .isEqualTo(Map.of(user, new ConsentRecord(false, null, null)));
    }

    @Test
    void oneStatementForUserAndInstallIsPutOnBothRecords() {
        consents().state(List.of(user, install), new Statement(new ConsentRecord(null, false, null), NOW));
        assertThat(consents().find(List.of(user, install))).containsOnlyKeys(user, install);
    }
}
