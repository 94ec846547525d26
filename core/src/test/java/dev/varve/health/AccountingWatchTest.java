package dev.varve.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.component.CheckResult;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AccountingWatchTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:30Z");

    private final Map<Destination.Key, Accounting.Sums> exact = new HashMap<>();
    private final AtomicReference<List<Instant>> window = new AtomicReference<>(List.of());
    private boolean isDown;
    private final AccountingWatch watch = new AccountingWatch(
            (since, until, _) -> {
                if (isDown) {
                    throw new IllegalStateException("no database");
                }
                window.set(List.of(since, until));
                return List.copyOf(exact.keySet());
            },
            (project, platform, _, _, _) -> Objects.requireNonNull(exact.get(new Destination.Key(project, platform))),
            InstantSource.fixed(NOW));

    @Test
    void beforeTheFirstLookNothingIsWrong() {
        assertThat(watch.check()).isEqualTo(new CheckResult.Passed("not looked yet"));
        assertThat(watch.unexplained()).isZero();
    }

    @Test
    void itLooksAtTheWholeMinutesOfADayThatHadTimeToSettle() {
        watch.look();

        assertThat(window.get())
                .containsExactly(Instant.parse("2026-11-03T11:55:00Z"), Instant.parse("2026-11-04T11:55:00Z"));
        assertThat(watch.check()).isInstanceOf(CheckResult.Passed.class);
    }

    @Test
    void aSuspectThatAddsUpIsCleared() {
        suspect(sums(5, 5));
        watch.look();

        assertThat(watch.check()).isInstanceOf(CheckResult.Passed.class);
    }

    @Test
    void lostAndDoublyCountedEventsDoNotCancelEachOther() {
        suspect(sums(5, 3));
        suspect(sums(5, 7));
        watch.look();

        assertThat(watch.unexplained()).isEqualTo(4);
        assertThat(watch.check()).isInstanceOfSatisfying(CheckResult.Degraded.class, found -> assertThat(found.detail())
                .startsWith("4 events of 2 destinations"));
    }

    @Test
    void itEndsWhenEverythingAddsUpAgain() {
        suspect(sums(5, 3));
        watch.look();
        exact.clear();
        watch.look();

        assertThat(watch.unexplained()).isZero();
        assertThat(watch.check()).isInstanceOf(CheckResult.Passed.class);
    }

    @Test
    void aLookThatFailsLeavesWhatWasFound() {
        suspect(sums(5, 3));
        watch.look();
        isDown = true;

        assertThatThrownBy(watch::look).isInstanceOf(IllegalStateException.class);
        assertThat(watch.unexplained()).isEqualTo(2);
    }

    private void suspect(Accounting.Sums sums) {
        exact.put(new Destination.Key(UUID.randomUUID(), Platform.META), sums);
    }

    private static Accounting.Sums sums(long accepted, long forwarded) {
        return new Accounting.Sums(accepted, forwarded, Map.of(), Map.of(), 0, 0);
    }
}
