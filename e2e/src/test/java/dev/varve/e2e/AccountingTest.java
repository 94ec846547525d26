package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.Accounts;
import dev.varve.e2e.fixture.ApiAnswer;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.EventMix;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.SharedDatabase;
import dev.varve.e2e.fixture.Shop;
import dev.varve.e2e.fixture.Tenants;
import dev.varve.e2e.fixture.Watcher;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Whatever happens to servers and platforms: at every moment each accepted event stands in exactly one place.
class AccountingTest {
    private static final long SEED = Long.getLong("varve.seed", 20_261_121L);
    private static final Path DIRECTORY = Directories.fresh(AccountingTest.class, "all");
    private static final List<String> PLATFORMS = List.of("meta", "tiktok");
    private static final String[] QUICK = {
        "--delivery-retry-base=100ms",
        "--delivery-retry-cap=500ms",
        "--delivery-probe-delays=1s,1s,1s",
        "--delivery-stopped-probe-interval=2s"
    };

    private final Random random = new Random(SEED);
    private final EventMix mix = new EventMix(random);
    private final Instant begin = Instant.now().minusSeconds(60);

    /// The apps of three projects by project; the last is in test mode.
    private final List<List<Shop>> projects = new ArrayList<>();

    @Test
    void everyAcceptedEventIsAccountedForAtEveryMoment() {
        try (SandboxProcess sandbox = SandboxProcess.start(DIRECTORY);
                SharedDatabase database = SharedDatabase.start(DIRECTORY);
                RunningVarve first = database.server("first", sandbox, QUICK);
                RunningVarve second = database.server("second", sandbox, QUICK)) {
            first.start();
            openProjects(first, database);
            Shop live = projects.getFirst().getFirst();
            try (Watcher watcher = Watcher.of(() -> new Accounts(live).read(""))) {
                sendAndSample(4, sandbox);
                expireToken(projects.get(1).getFirst(), sandbox);
                sendAndSample(2, sandbox);
                restartWhileSending(first, sandbox);
                sendAndSample(2, sandbox);
                live.api()
                        .post(live.path("/dead-letters/replay"), "{\"dryRun\": false, \"platform\": \"meta\"}")
                        .expect(202);
                switchTikTok(live, false);
                second.start();
                sendAndSample(3, sandbox);
                restartWhileSending(first, sandbox);
                switchTikTok(live, true);
                sendAndSample(2, sandbox);
                second.kill9();
                probe(live);
                sendAndSample(2, sandbox);
                repair(sandbox);
                assertThat(watcher.answers()).as("watched all the time").isGreaterThan(20);
            }

            for (List<Shop> apps : projects) {
                assertSettled(apps);
                assertAgrees(apps);
                assertWindowsAddUp(apps);
            }
            assertPlatformsAgree(sandbox);
            projects.forEach(AccountingTest::assertNothingRawIsToldIn);
        }
    }

    private void openProjects(RunningVarve varve, SharedDatabase database) {
        for (String name : List.of("One", "Two")) {
            Shop shop = Shop.open(varve.http().withKey(database.apiKey()), varve.http(), name);
            projects.add(List.of(shop, shop.secondApp(varve.http())));
        }
        Tenants tenants = new Tenants(database.host());
        Shop trial =
                Shop.open(varve.http().withKey(tenants.keyText(tenants.first(), "test", "*")), varve.http(), "Trial");
        projects.add(List.of(trial, trial.secondApp(varve.http())));
    }

    private void sendAndSample(int rounds, SandboxProcess sandbox) {
        for (int i = 0; i < rounds; i++) {
            disturb(sandbox);
            for (List<Shop> apps : projects) {
                apps.forEach(mix::send);
            }
            refuse(projects.get(2).get(random.nextInt(2)));
            assertAgrees(projects.get(random.nextInt(projects.size())));
        }
    }

    /// Killed in the middle of requests; their senders repeat them until there is an answer.
    private void restartWhileSending(RunningVarve varve, SandboxProcess sandbox) {
        Thread restart = Thread.ofVirtual().start(() -> {
            varve.kill9();
            varve.start();
        });
        disturb(sandbox);
        while (restart.isAlive()) {
            projects.getFirst().forEach(mix::send);
        }
        assertAgrees(projects.getFirst());
    }

    /// Another fault for a few requests, most often of one platform. Throttles with a short pause of the
    /// platform's own.
    private void disturb(SandboxProcess sandbox) {
        String prefix = random.nextBoolean() ? "/v26.0/" : "/open_api/";
        int times = 1 + random.nextInt(4);
        switch (random.nextInt(8)) {
            case 0 -> sandbox.fault(prefix, "http_429_retry_after", times, "{\"retryAfterSeconds\": 1}");
            case 1 -> sandbox.fault(prefix, "hang", 1, "{\"maxSeconds\": 1}");
            case 2 -> sandbox.fault(prefix, "reset_after_store", times, "{}");
            case 3 -> sandbox.fault(prefix, "http_503", times, "{}");
            case 4 -> sandbox.fault(prefix, "html_error", times, "{}");
            case 5 -> sandbox.fault(prefix, "truncated_json", times, "{}");
            case 6 -> sandbox.fault(prefix, "reset_before_read", times, "{}");
            default -> sandbox.clearFaults();
        }
    }

    /// Events that the platform refuses by name; sandbox projects can ask for that.
    private void refuse(Shop trial) {
        String poison = SdkEvents.purchase(SdkEvents.ids("poison", 1).getFirst())
                .replace("\"revenue\"", "\"sandbox_outcome\": \"reject\", \"revenue\"");
        mix.send(trial, poison);
    }

    private static void expireToken(Shop shop, SandboxProcess sandbox) {
        sandbox.fault("/v26.0/" + shop.metaPixel(), "token_expired");
    }

    /// A platform in trouble gives no verdict on the token (502); whoever configures tries again.
    private static void switchTikTok(Shop shop, boolean isOn) {
        Eventually.holds("TikTok is switched", Duration.ofSeconds(60), () -> {
            ApiAnswer answer = isOn
                    ? shop.configure("tiktok_ads", shop.tiktokPixel(), Shop.TIKTOK_TOKEN)
                    : shop.configureOff("tiktok_ads", shop.tiktokPixel(), Shop.TIKTOK_TOKEN);
            return answer.status() != 502 && answer.expect(200).status() == 200;
        });
    }

    private static void probe(Shop shop) {
        shop.api()
                .post(shop.path("/sdk-apps/" + shop.appId() + "/verify-tracking"), "{}")
                .expect(200);
    }

    private void repair(SandboxProcess sandbox) {
        sandbox.clearFaults();
        for (List<Shop> apps : projects) {
            Shop shop = apps.getFirst();
            shop.configure("meta_ads", shop.metaPixel(), Shop.META_TOKEN + "_new")
                    .expect(200);
            shop.configure("tiktok_ads", shop.tiktokPixel(), Shop.TIKTOK_TOKEN + "_new")
                    .expect(200);
        }
    }

    private static void assertSettled(List<Shop> apps) {
        Accounts accounts = new Accounts(apps.getFirst());
        Eventually.holds(
                "nothing waits after the repair",
                Duration.ofSeconds(60),
                () -> accounts.read(""),
                () -> accounts.open() == 0);
    }

    /// With what the senders were told, of the project and of each of its apps.
    private void assertAgrees(List<Shop> apps) {
        Accounts accounts = new Accounts(apps.getFirst());
        long told = apps.stream().mapToLong(mix::accepted).sum();
        assertAccepted(accounts.read(""), told);
        apps.forEach(app -> assertAccepted(accounts.read("&appId=" + app.appId()), mix.accepted(app)));
        Instant cut = begin.plusMillis(
                random.nextLong(1, Duration.between(begin, Instant.now()).toMillis()));
        accounts.between(begin, cut);
        accounts.between(cut, Instant.now().plusMillis(1));
    }

    private static void assertAccepted(JsonNode platforms, long told) {
        platforms.forEach(sums -> assertThat(sums.path("accepted").asLong())
                .as("seed " + SEED + ": " + sums)
                .isEqualTo(told));
    }

    /// Windows that meet at any millisecond together hold what the whole holds.
    private void assertWindowsAddUp(List<Shop> apps) {
        Accounts accounts = new Accounts(apps.getFirst());
        Instant end = Instant.now().plusSeconds(1);
        TreeSet<Instant> cuts = new TreeSet<>(Set.of(begin, end));
        for (int i = 0; i < 12; i++) {
            cuts.add(begin.plusMillis(
                    random.nextLong(1, Duration.between(begin, end).toMillis())));
        }
        Map<String, Long> parts = new HashMap<>();
        for (Instant since : cuts.headSet(end)) {
            add(accounts.between(since, cuts.higher(since)), parts);
        }
        Map<String, Long> whole = new HashMap<>();
        add(accounts.between(begin, end), whole);
        assertThat(parts).as("seed " + SEED).isEqualTo(whole);
    }

    private static void add(JsonNode platforms, Map<String, Long> sums) {
        platforms.forEach(platform -> List.of("accepted", "forwarded", "skipped", "dead")
                .forEach(part -> sums.merge(
                        platform.path("platform").asText() + " " + part,
                        platform.path(part).asLong(),
                        Long::sum)));
    }

    /// Reads every dead letter too, with what was sent and answered.
    private static void assertNothingRawIsToldIn(List<Shop> apps) {
        Shop shop = apps.getFirst();
        shop.api()
                .get(shop.path("/dead-letters?limit=200"))
                .expect(200)
                .json()
                .path("items")
                .forEach(letter -> shop.api()
                        .get(shop.path(
                                "/dead-letters/" + letter.path("deadLetterId").asText()))
                        .expect(200));
        apps.forEach(app -> assertThat(app.api().heard())
                .noneMatch(answer -> answer.contains("@example.com"))
                .noneMatch(answer -> answer.contains("sbx_ok")));
    }

    /// What the live projects call forwarded is what the platforms took.
    private void assertPlatformsAgree(SandboxProcess sandbox) {
        for (List<Shop> apps : projects.subList(0, 2)) {
            Shop shop = apps.getFirst();
            Map<String, Set<String>> forwarded = forwarded(shop);
            for (String platform : PLATFORMS) {
                Set<String> taken = new HashSet<>(
                        sandbox.received(platform, shop.pixel(platform)).keySet());
                sandbox.testEvents(platform, shop.pixel(platform))
                        .forEach(probe -> taken.remove(probe.path("eventId").asText()));
                Set<String> counted = forwarded.getOrDefault(platform, Set.of());
                String what = platform + " of " + shop + ", seed " + SEED;
                assertThat(without(counted, taken))
                        .as("forwarded, not taken by " + what)
                        .isEmpty();
                assertThat(without(taken, counted))
                        .as("taken, not forwarded by " + what)
                        .isEmpty();
            }
        }
    }

    private static Set<String> without(Set<String> all, Set<String> others) {
        Set<String> rest = new HashSet<>(all);
        rest.removeAll(others);
        return rest;
    }

    private static Map<String, Set<String>> forwarded(Shop shop) {
        Map<String, Set<String>> forwarded = new HashMap<>();
        String cursor = "";
        do {
            JsonNode page = shop.api()
                    .get(shop.path("/events?limit=200" + cursor))
                    .expect(200)
                    .json();
            page.path("items").forEach(event -> event.path("forwarding").forEach(receipt -> {
                if (receipt.path("state").asText().equals("forwarded")) {
                    forwarded
                            .computeIfAbsent(receipt.path("platform").asText(), _ -> new HashSet<>())
                            .add(event.path("eventId").asText());
                }
            }));
            cursor = page.path("nextCursor").isTextual()
                    ? "&cursor=" + page.path("nextCursor").asText()
                    : "";
        } while (!cursor.isEmpty());
        return forwarded;
    }
}
