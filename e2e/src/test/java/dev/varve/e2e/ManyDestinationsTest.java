package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.Accounts;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import dev.varve.e2e.fixture.ShopCopies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// A thousand destinations, of which ten never answer or always fail: the others get their events all the same.
class ManyDestinationsTest {
    private static final int DESTINATIONS = 1_000;
    private static final int DEAD = 10;
    private static final int EVENTS_EACH = 3;

    @Test
    void tenDeadDestinationsOfAThousandHoldUpNobodyElse() {
        Path directory = Directories.fresh(ManyDestinationsTest.class, "all");
        try (SandboxProcess sandbox = SandboxProcess.start(directory);
                RunningVarve varve = RunningVarve.start(
                        directory.resolve("data"), sandbox, "--delivery-retry-base=500ms", "--delivery-retry-cap=2s")) {
            List<Shop> shops = ShopCopies.of(varve, DESTINATIONS);
            List<Shop> dead = shops.subList(0, DEAD);
            List<Shop> healthy = shops.subList(DEAD, shops.size());
            for (int i = 0; i < DEAD; i++) {
                sandbox.fault("/v26.0/" + dead.get(i).metaPixel(), i % 2 == 0 ? "hang" : "http_503");
            }

            Set<String> waiting = send(dead);
            Set<String> flowing = send(healthy);
            waiting.addAll(send(dead));
            flowing.addAll(send(healthy));

            Eventually.holds(
                    "every event of the healthy ones is forwarded",
                    Duration.ofSeconds(60),
                    () -> missing(sandbox, flowing).size() + " missing",
                    () -> missing(sandbox, flowing).isEmpty());
            assertThat(missing(sandbox, waiting)).as("not at the dead ones").isEqualTo(waiting);
            dead.forEach(shop -> assertThat(new Accounts(shop).open()).isEqualTo(2 * EVENTS_EACH));

            sandbox.clearFaults();
            Eventually.holds(
                    "what waited is sent once they are back",
                    Duration.ofSeconds(60),
                    () -> missing(sandbox, waiting).size() + " missing",
                    () -> missing(sandbox, waiting).isEmpty());
        }
    }

    private static Set<String> missing(SandboxProcess sandbox, Set<String> ids) {
        Set<String> missing = new HashSet<>(ids);
        missing.removeAll(sandbox.received("meta").keySet());
        return missing;
    }

    private static Set<String> send(List<Shop> shops) {
        Set<String> sent = ConcurrentHashMap.newKeySet();
        try (ExecutorService senders = Executors.newFixedThreadPool(8)) {
            List<java.util.concurrent.Future<?>> done = new java.util.ArrayList<>();
            for (Shop shop : shops) {
                done.add(senders.submit(() -> {
                    List<String> ids = SdkEvents.ids("many", EVENTS_EACH);
                    shop.send(ids).expect(202);
                    sent.addAll(ids);
                }));
            }
            for (var one : done) {
                one.get();
            }
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new AssertionError(e);
        }
        return sent;
    }
}
