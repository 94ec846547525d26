package dev.varve.collect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventIdsTest {
    @Test
    void anIdIsAUuidOfVersion4() {
        for (int i = 0; i < 1_000; i++) {
            UUID id = UUID.fromString(EventIds.next());
            assertThat(id.version()).isEqualTo(4);
            assertThat(id.variant()).isEqualTo(2);
        }
    }

    @Test
    void noTwoAreTheSameWhateverTheThread() {
        Set<String> ids = ConcurrentHashMap.newKeySet();
        IntStream.range(0, 200_000).parallel().forEach(_ -> ids.add(EventIds.next()));
        assertThat(ids).hasSize(200_000);
    }

    @Test
    void everyOtherBitIsSometimesSetAndSometimesNot() {
        BitSet set = new BitSet();
        BitSet unset = new BitSet();
        for (int i = 0; i < 200; i++) {
            UUID id = UUID.fromString(EventIds.next());
            BitSet bits = BitSet.valueOf(new long[] {id.getLeastSignificantBits(), id.getMostSignificantBits()});
            set.or(bits);
            bits.flip(0, 128);
            unset.or(bits);
        }
        set.and(unset);
        assertThat(set.cardinality()).isEqualTo(122);
    }
}
