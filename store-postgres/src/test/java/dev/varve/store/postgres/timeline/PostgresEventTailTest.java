package dev.varve.store.postgres.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.eventlog.EventLog;
import dev.varve.health.EventTail.Slice;
import dev.varve.health.TailPosition;
import dev.varve.health.Timeline.TimelineEntry;
import dev.varve.store.postgres.PostgresForTests;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresEventTailTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant START = Instant.parse("2026-11-04T16:00:00Z");

    private final UUID project = UUID.randomUUID();
    private final Random random = new Random(42);
    private final RelayModel first = new RelayModel(postgres.database(), project, START, random);
    private final RelayModel second = new RelayModel(postgres.database(), project, START, random);
    private final PostgresEventTail tail =
            new PostgresEventTail(postgres.database().jdbi(), InstantSource.system());

    @Test
    void eventsOfEveryStreamComeOnceInTheirOrderWithTheirReceipts() {
        first.append(5);
        TailPosition before = tail.end();
        first.append(30);
        second.append(30);
        first.work();
        second.work();
        new RelayModel(postgres.database(), UUID.randomUUID(), START, random).append(20);

        List<Long> seen = new ArrayList<>();
        TailPosition position = before;
        boolean isCut = true;
        while (isCut) {
            Slice slice = tail.after(Set.of(project), position, 7);
            slice.entries().forEach(entry -> seen.add(entry.logged().offset()));
            slice.entries().forEach(this::assertStanding);
            position = slice.end();
            isCut = slice.isCut();
        }

        assertThat(seen).hasSize(60).doesNotHaveDuplicates().doesNotContainAnyElementsOf(offsets(first.events, 5));
        assertThat(seen).containsAll(offsets(second.events, 30));
        assertThat(position.offsets()).isEqualTo(tail.end().offsets());
    }

    private void assertStanding(TimelineEntry entry) {
        ModelEvent known = java.util.stream.Stream.concat(first.events.stream(), second.events.stream())
                .filter(event -> event.logged.offset() == entry.logged().offset())
                .findFirst()
                .orElseThrow();
        entry.receipts().forEach(receipt -> assertThat(known.standing(receipt.platform()))
                .startsWith(receipt.state().wireName()));
    }

    private static List<Long> offsets(List<ModelEvent> events, int count) {
        return events.stream().limit(count).map(event -> event.logged.offset()).toList();
    }

    @Test
    void aStreamThatBeganAndEndedSinceIsReadAndThenLeftOut() {
        TailPosition before = tail.end();
        RelayModel brief = new RelayModel(postgres.database(), project, START, random);
        brief.append(3);
        RelayModel heir = new RelayModel(postgres.database(), project, START, random);
        end(brief);

        Slice slice = tail.after(Set.of(project), before, 100);

        assertThat(slice.entries()).hasSize(3);
        assertThat(slice.end().offsets()).containsKey(heir.stream()).doesNotContainKey(brief.stream());
        assertThat(tail.after(Set.of(project), slice.end(), 100).entries()).isEmpty();
    }

    @Test
    void theRestOfAStreamThatEndedIsReadFromAnOldPosition() {
        first.append(2);
        TailPosition before = tail.end();
        first.append(2);
        end(first);

        assertThat(tail.after(Set.of(project), before, 100).entries()).hasSize(2);
    }

    @Test
    void theArrivalBehindAPositionIsThatOfAnyProject() {
        TailPosition before = tail.end();
        assertThat(tail.arrivalAfter(before)).isEmpty();
        new RelayModel(postgres.database(), UUID.randomUUID(), START, random).append(1);

        assertThat(tail.arrivalAfter(before)).isPresent();
        assertThat(tail.arrivalAfter(tail.end())).isEmpty();
    }

    @Test
    void aPositionInStreamsThatNeverWereShowsNothing() {
        TailPosition invented = new TailPosition(START, Map.of(1_000_000L, EventLog.firstOffset(1_000_000) + 5));

        assertThat(tail.after(Set.of(UUID.randomUUID()), invented, 10).entries())
                .isEmpty();
    }

    private static void end(RelayModel stream) {
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute("delete from log_stream where stream = ?", stream.stream()));
    }
}
