package dev.varve.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What JMH measures is the real work.
class MappingLoadTest {
    private final MappingLoad load = new MappingLoad();

    @Test
    void everyEventGoesToBothPlatformsWithItsPersonHashed() {
        for (MappingLoad.Target target : List.of(MappingLoad.Target.meta(), MappingLoad.Target.tiktok())) {
            List<byte[]> bodies = load.requests(target);

            assertThat(bodies).hasSize(2).allSatisfy(body -> {
                String text = new String(body, StandardCharsets.UTF_8);
                assertThat(text.split("\"event_id\"")).hasSize(MappingLoad.EVENTS / 2 + 1);
                assertThat(text).doesNotContainIgnoringCase("example.com\"]").containsPattern("\"[0-9a-f]{64}\"");
            });
        }
    }

    @Test
    void collectingTakesEveryEvent() {
        assertThat(load.collect()).isEqualTo(MappingLoad.EVENTS);
        assertThat(load.collect()).isEqualTo(MappingLoad.EVENTS);
    }

    @Test
    void processorTimeIsThatOfTheProcess() throws IOException {
        Duration before = CpuTime.of(ProcessHandle.current());
        while (CpuTime.of(ProcessHandle.current()).compareTo(before.plusMillis(30)) < 0) {
            load.collect();
        }

        assertThat(CpuTime.ofFamily(ProcessHandle.current())).isGreaterThan(before);
    }
}
