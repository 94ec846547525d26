package dev.varve.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.eventlog.EventLog;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TailPositionTest {
    @Property
    void aPositionSurvivesItsText(
            @ForAll @Size(min = 1, max = 20) List<@LongRange(min = 0, max = 1_000_000) Long> streams,
            @ForAll @LongRange(min = 0, max = (1L << 40) - 1) long within,
            @ForAll @LongRange(min = 0, max = 4_000_000_000_000L) long at) {
        Map<Long, Long> offsets = new HashMap<>();
        streams.forEach(stream -> offsets.put(stream, EventLog.firstOffset(stream) + within));
        TailPosition position = new TailPosition(Instant.ofEpochMilli(at), offsets);

        assertThat(TailPosition.parse(position.text())).contains(position);
    }

    @Property
    void whateverATextIsItIsReadOrRefused(@ForAll String text) {
        TailPosition.parse(text).ifPresent(position -> assertThat(position.offsets())
                .allSatisfy((stream, offset) ->
                        assertThat(EventLog.streamOf(offset)).isEqualTo(stream)));
    }

    @Test
    void theLargestTextThatIsReadIsAPosition() {
        assertThat(TailPosition.parse("zzzzzzzzzz.zzzz-zzzzzzzz")).isPresent();
        for (String none : List.of("", "1", "1.", "1.1-", "1.1-zzzzzzzzz", "-1.1-1", "1.1-1.", "Z.1-1")) {
            assertThat(TailPosition.parse(none)).as(none).isEmpty();
        }
    }

    /// An older stream that is not named was over, a newer one had not begun.
    @Test
    void aPositionCoversWhatWasReadAndStreamsThatWereOver() {
        TailPosition position = new TailPosition(Instant.EPOCH, Map.of(7L, EventLog.firstOffset(7) + 10));

        assertThat(position.covers(EventLog.firstOffset(7) + 10)).isTrue();
        assertThat(position.covers(EventLog.firstOffset(7) + 11)).isFalse();
        assertThat(position.covers(EventLog.firstOffset(6) + 99)).isTrue();
        assertThat(position.covers(EventLog.firstOffset(8) + 1)).isFalse();
    }
}
