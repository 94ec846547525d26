package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.DeadLetters.Count;
import dev.varve.delivery.DeadLetters.Filter;
import dev.varve.delivery.DeadLetters.Forecast;
import dev.varve.delivery.DeadLetters.Item;
import dev.varve.delivery.DeadLetters.Period;
import dev.varve.delivery.DeadLetters.Position;
import dev.varve.delivery.DeadLetters.Replay;
import dev.varve.delivery.DeadLetters.Requester;
import dev.varve.delivery.DeadLetters.TooOld;
import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every store of dead letters, and of the jobs that replay them, must do.
public abstract class DeadLettersContract {
    protected static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    protected static final long STREAM = 7;
    private static final Instant YOUNG = NOW.minusSeconds(60);
    private static final Instant OLD = NOW.minus(Duration.ofDays(7));

    protected DeadLetterSeed.Owner owner;

    protected abstract DeadLetters letters();

    protected abstract Jobs jobs();

    /// A project of a new organization.
    protected abstract DeadLetterSeed.Owner newOwner();

    /// As the ledger writes it.
    protected abstract void add(UUID project, DeadLetterSeed seed);

    /// As the ledger writes the end of an event that was put back: its letter goes, or is dead again.
    protected abstract void settle(String deadLetterId, ReceiptState state, Instant at);

    @BeforeEach
    final void makeOwner() {
        owner = newOwner();
    }

    @Test
    void pagesComeNewestFirstAndContinueWhereTheyEnded() {
        for (String id : List.of("b", "a", "c")) {
            add(DeadLetterSeed.of(id, YOUNG));
        }
        add(DeadLetterSeed.of("newest", NOW));
        add(DeadLetterSeed.of("probe", NOW).synthetic());
        add(newOwner().project(), DeadLetterSeed.of("other", NOW));
        assertThat(walk(all(), 2)).containsExactly("dl_newest", "dl_a", "dl_b", "dl_c");
    }

    @Test
    void filtersNarrowAPage() {
        add(DeadLetterSeed.of("plain", YOUNG));
        add(DeadLetterSeed.of("tiktok", YOUNG).on(Platform.TIKTOK));
        add(DeadLetterSeed.of("kind", YOUNG).kind("app_b", "search", "missing_value"));
        add(DeadLetterSeed.of("late", NOW));
        assertThat(walk(platform(Platform.TIKTOK), 9)).containsExactly("dl_tiktok");
        assertThat(walk(filter(Optional.of("missing_value"), Optional.empty(), Set.of(), Period.ALL), 9))
                .containsExactly("dl_kind");
        assertThat(walk(filter(Optional.empty(), Optional.of("app_b"), Set.of("search", "x"), Period.ALL), 9))
                .containsExactly("dl_kind");
        assertThat(walk(filter(Optional.empty(), Optional.empty(), Set.of("x"), Period.ALL), 9))
                .isEmpty();
        assertThat(walk(period(YOUNG, NOW), 9)).containsExactly("dl_kind", "dl_plain", "dl_tiktok");
    }

    @Test
    void oneIsFoundInItsProjectOnly() {
        add(DeadLetterSeed.of("x", YOUNG));
        Item item = letters().find(owner.project(), "dl_x").orElseThrow().item();
        assertThat(item.subject().eventId()).isEqualTo("event of dl_x");
        assertThat(item.times().tooOldAt()).isEqualTo(YOUNG.plus(Duration.ofDays(7)));
        assertThat(letters().find(UUID.randomUUID(), "dl_x")).isEmpty();
        assertThat(letters().find(owner.project(), "dl_y")).isEmpty();
    }

    @Test
    void aForecastCountsByPlatformAndReasonAndNamesWhatIsTooOld() {
        addThree();
        Forecast forecast = letters().forecast(all(), NOW);
        assertThat(forecast.counts())
                .containsExactly(
                        new Count(Platform.META, "platform_rejected", 2, 1),
                        new Count(Platform.TIKTOK, "missing_value", 1, 0));
        assertThat(forecast.tooOld()).containsExactly(new TooOld("event of dl_old", Platform.META, OLD));
        assertThat(letters().forecast(all(), NOW)).isEqualTo(forecast);
    }

    @Test
    void aReplayPutsBackWhatIsYoungEnoughAndRunsUntilAllOfItIsSettled() {
        addThree();
        Replay replay = replay(all()).orElseThrow();
        assertThat(replay.forecast().counts()).hasSize(2);
        assertThat(walk(all(), 9)).hasSize(3);
        assertThat(letters().page(all(), Optional.empty(), 9).stream()
                        .filter(Item::isReplaying)
                        .map(Item::id))
                .containsExactlyInAnyOrder("dl_young", "dl_tiktok");
        assertThat(job(replay).progress()).isEqualTo(new Jobs.Progress(Jobs.Status.RUNNING, 0, 2));
        assertThat(jobs().running(owner.organization())).isEqualTo(1);

        settle("dl_young", ReceiptState.FORWARDED, NOW.plusSeconds(5));
        assertThat(job(replay).progress()).isEqualTo(new Jobs.Progress(Jobs.Status.RUNNING, 1, 2));
        assertThat(job(replay).result()).isNull();

        settle("dl_tiktok", ReceiptState.DEAD, NOW.plusSeconds(9));
        Jobs.Job ended = job(replay);
        assertThat(ended.progress()).isEqualTo(new Jobs.Progress(Jobs.Status.COMPLETED, 2, 2));
        assertResult(ended, 2, 1, 0, 1);
        assertThat(ended.times()).isEqualTo(new Jobs.Times(NOW, NOW.plusSeconds(9)));
        assertThat(jobs().running(owner.organization())).isZero();
        assertThat(walk(all(), 9)).containsExactlyInAnyOrder("dl_tiktok", "dl_old");
    }

    @Test
    void oneReplayOfAProjectRunsAtATimeAndWhatDiedAgainMayBeReplayedAgain() {
        add(DeadLetterSeed.of("x", YOUNG));
        add(DeadLetterSeed.of("y", YOUNG));
        Replay first = replay(all()).orElseThrow();
        assertThat(replay(all())).isEmpty();
        settle("dl_x", ReceiptState.DEAD, NOW.plusSeconds(1));
        assertThat(replay(all())).isEmpty();
        settle("dl_y", ReceiptState.SKIPPED, NOW.plusSeconds(2));
        Replay second = replay(all()).orElseThrow();
        assertResult(job(first), 2, 0, 1, 1);
        assertThat(job(second).progress()).isEqualTo(new Jobs.Progress(Jobs.Status.RUNNING, 0, 1));
    }

    @Test
    void aReplayOfNothingIsDoneAtOnce() {
        add(DeadLetterSeed.of("old", OLD));
        Replay replay = replay(all()).orElseThrow();
        assertThat(job(replay).progress()).isEqualTo(new Jobs.Progress(Jobs.Status.COMPLETED, 0, 0));
        assertResult(job(replay), 0, 0, 0, 0);
        assertThat(replay(all())).isPresent();
    }

    @Test
    void aJobIsItsOrganizationsOnly() {
        Replay replay = replay(all()).orElseThrow();
        assertThat(jobs().find(UUID.randomUUID(), replay.jobId())).isEmpty();
        assertThat(jobs().find(owner.organization(), "job_x")).isEmpty();
    }

    private void addThree() {
        add(DeadLetterSeed.of("young", YOUNG));
        add(DeadLetterSeed.of("old", OLD));
        add(DeadLetterSeed.of("tiktok", YOUNG)
                .kind("app_b", "search", "missing_value")
                .on(Platform.TIKTOK));
        add(DeadLetterSeed.of("probe", YOUNG).synthetic());
    }

    private static void assertResult(Jobs.Job job, int replayed, int forwarded, int skipped, int dead) {
        var result = Objects.requireNonNull(job.result());
        assertThat(result.properties()).hasSize(4);
        assertThat(List.of("replayed", "forwarded", "skipped", "dead"))
                .extracting(name -> result.path(name).asInt(-1))
                .containsExactly(replayed, forwarded, skipped, dead);
    }

    private void add(DeadLetterSeed seed) {
        add(owner.project(), seed);
    }

    protected final Optional<Replay> replay(Filter filter) {
        return letters().replay(filter, new Requester(owner.organization(), null, null), STREAM, NOW);
    }

    protected final Jobs.Job job(Replay replay) {
        return jobs().find(owner.organization(), replay.jobId()).orElseThrow();
    }

    protected final List<String> walk(Filter filter, int limit) {
        List<String> ids = new ArrayList<>();
        List<Item> page = letters().page(filter, Optional.empty(), limit);
        while (!page.isEmpty()) {
            page.forEach(item -> ids.add(item.id()));
            Item last = page.getLast();
            page = letters().page(filter, Optional.of(new Position(last.times().occurredAt(), last.id())), limit);
        }
        return ids;
    }

    protected final Filter all() {
        return filter(Optional.empty(), Optional.empty(), Set.of(), Period.ALL);
    }

    private Filter platform(Platform platform) {
        return new Filter(owner.project(), Set.of(platform), Optional.empty(), Optional.empty(), Set.of(), Period.ALL);
    }

    protected final Filter period(Instant since, Instant until) {
        return filter(Optional.empty(), Optional.empty(), Set.of(), new Period(Optional.of(since), Optional.of(until)));
    }

    private Filter filter(Optional<String> reason, Optional<String> app, Set<String> names, Period period) {
        return new Filter(owner.project(), Set.of(), reason, app, names, period);
    }
}
