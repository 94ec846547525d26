package dev.varve.sandbox.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.sandbox.sim.AcceptedEvent.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the simulated platforms stored: the newest events whole, all their ids compactly, their statistics.
/// Memory is bounded. Thread-safe.
public final class EventStore {
    private static final int MAX_TEST_EVENTS = 1_000;
    private static final int MAX_MATCH_KEYS = 20_000;
    private static final int VISIT_STEP = 4_096;

    /// `repeatsOnly`: ids that were received more than once.
    public record IdFilter(
            @Nullable SimPlatform platform,
            @Nullable String pixelId,
            @Nullable String eventName,
            boolean repeatsOnly) {
        boolean takes(EventIds.Stream stream, int received) {
            return received > (repeatsOnly ? 1 : 0)
                    && (platform == null || platform == stream.platform())
                    && (pixelId == null || pixelId.equals(stream.pixelId()))
                    && (eventName == null || eventName.equals(stream.eventName()));
        }
    }

    /// An id and how often it was received.
    public record ReceivedId(String id, int received) {}

    private final InstantSource clock;
    private final Counters counters;
    private final HourlyCounts hourly = new HourlyCounts();
    private final EventIds ids;
    private final BoundedLog<AcceptedEvent> events;
    private final BoundedLog<AcceptedEvent> testEvents;
    private final Map<String, Instant> browserKeys = new LinkedHashMap<>();
    private final Map<String, Set<String>> pixels = new LinkedHashMap<>();

    EventStore(InstantSource clock, Counters counters, Bounds bounds) {
        this.clock = clock;
        this.counters = counters;
        this.ids = new EventIds(bounds.eventIds());
        this.events = new BoundedLog<>(bounds.events(), bounds.eventBytes(), AcceptedEvent::weight);
        this.testEvents = new BoundedLog<>(MAX_TEST_EVENTS, bounds.eventBytes(), AcceptedEvent::weight);
    }

    public BoundedLog<AcceptedEvent> events() {
        return events;
    }

    public BoundedLog<AcceptedEvent> testEvents() {
        return testEvents;
    }

    public HourlyCounts hourly() {
        return hourly;
    }

    /// Stores what one request brought, all of it before the request is answered.
    public synchronized void accept(
            SimPlatform platform,
            String pixelId,
            List<ParsedEvent> arrived,
            DedupRules rules,
            @Nullable String testEventCode) {
        Instant now = clock.instant();
        int duplicates = 0;
        for (ParsedEvent event : arrived) {
            if (accept(platform, pixelId, event, rules, testEventCode, now) != Verdict.COUNTED) {
                duplicates++;
            }
        }
        remember(platform, pixelId);
        counters.add(platform, pixelId, Counters.Kind.ACCEPTED, arrived.size());
        counters.add(platform, pixelId, Counters.Kind.DUPLICATES, duplicates);
    }

    private Verdict accept(
            SimPlatform platform,
            String pixelId,
            ParsedEvent event,
            DedupRules rules,
            @Nullable String testEventCode,
            Instant now) {
        Verdict verdict = event.id() == null
                ? verdictWithoutId(platform, pixelId, event, rules, now)
                : verdictById(platform, pixelId, event, event.id(), rules, now);
        if (verdict == Verdict.COUNTED) {
            hourly.add(platform, pixelId, event.name(), now, 1, 0);
        }
        events.add(number -> record(number, platform, pixelId, event, verdict, false, testEventCode, now));
        if (testEventCode != null) {
            listTestEvent(platform, pixelId, event, verdict, testEventCode, now);
        }
        return verdict;
    }

    /// Stores events as test events only: in no statistics, no dedup, no list but that of test events.
    public synchronized void acceptAsTest(
            SimPlatform platform, String pixelId, List<ParsedEvent> arrived, String testEventCode) {
        Instant now = clock.instant();
        arrived.forEach(event -> listTestEvent(platform, pixelId, event, Verdict.COUNTED, testEventCode, now));
    }

    private void listTestEvent(
            SimPlatform platform, String pixelId, ParsedEvent event, Verdict verdict, String code, Instant now) {
        testEvents.add(number -> record(number, platform, pixelId, event, verdict, false, code, now));
        counters.add(platform, pixelId, Counters.Kind.TEST_EVENTS, 1);
    }

    private Verdict verdictById(
            SimPlatform platform, String pixelId, ParsedEvent event, String id, DedupRules rules, Instant now) {
        int stream = ids.stream(platform, pixelId, event.name());
        int slot = ids.find(stream, id);
        if (slot < 0) {
            ids.received(ids.add(stream, id, now.getEpochSecond(), false));
            return Verdict.COUNTED;
        }
        ids.received(slot);
        Duration since = Duration.ofSeconds(now.getEpochSecond() - ids.firstSecond(slot));
        if (since.compareTo(rules.window()) > 0) {
            ids.restart(slot, now.getEpochSecond(), false);
            return Verdict.COUNTED;
        }
        if (!ids.isFromBrowser(slot) && !rules.amongServer()) {
            return Verdict.COUNTED;
        }
        if (!rules.merge().isZero() && since.compareTo(rules.merge()) <= 0) {
            mergeIntoFirst(platform, pixelId, event, id);
            return Verdict.MERGED;
        }
        return Verdict.DUPLICATE;
    }

    private Verdict verdictWithoutId(
            SimPlatform platform, String pixelId, ParsedEvent event, DedupRules rules, Instant now) {
        for (String key : event.matchKeys()) {
            Instant browser = browserKeys.get(browserKey(platform, pixelId, event.name(), key));
            if (browser != null && !browser.plus(rules.matchKeyWindow()).isBefore(now)) {
                return Verdict.DUPLICATE;
            }
        }
        return Verdict.COUNTED;
    }

    /// A browser's own report of an event, for dedup against server events. Answers what became of it.
    public synchronized Verdict acceptBrowserEvent(
            SimPlatform platform, String pixelId, ParsedEvent event, DedupRules rules) {
        Instant now = clock.instant();
        for (String key : event.matchKeys()) {
            rememberBrowserKey(browserKey(platform, pixelId, event.name(), key), now);
        }
        Verdict verdict =
                event.id() == null ? Verdict.COUNTED : browserVerdict(platform, pixelId, event, event.id(), rules, now);
        if (verdict == Verdict.COUNTED) {
            hourly.add(platform, pixelId, event.name(), now, 0, 1);
        }
        events.add(number -> record(number, platform, pixelId, event, verdict, true, null, now));
        remember(platform, pixelId);
        return verdict;
    }

    private Verdict browserVerdict(
            SimPlatform platform, String pixelId, ParsedEvent event, String id, DedupRules rules, Instant now) {
        int stream = ids.stream(platform, pixelId, event.name());
        int slot = ids.find(stream, id);
        if (slot < 0) {
            ids.add(stream, id, now.getEpochSecond(), true);
            return Verdict.COUNTED;
        }
        Duration since = Duration.ofSeconds(now.getEpochSecond() - ids.firstSecond(slot));
        if (since.compareTo(rules.window()) > 0) {
            ids.restart(slot, now.getEpochSecond(), true);
            return Verdict.COUNTED;
        }
        boolean replaces =
                !ids.isFromBrowser(slot) && !rules.browserWins().isZero() && since.compareTo(rules.browserWins()) <= 0;
        if (!replaces) {
            return Verdict.DUPLICATE;
        }
        hourly.add(platform, pixelId, event.name(), Instant.ofEpochSecond(ids.firstSecond(slot)), -1, 0);
        firstServerEvent(platform, pixelId, event.name(), id)
                .ifPresent(first ->
                        events.replace(first.number(), first.with(Verdict.REPLACED_BY_BROWSER, first.payload())));
        ids.restart(slot, ids.firstSecond(slot), true);
        return Verdict.COUNTED;
    }

    private void mergeIntoFirst(SimPlatform platform, String pixelId, ParsedEvent event, String id) {
        first(platform, pixelId, event.name(), id).ifPresent(first -> {
            byte[] merged = merged(first.payload(), event.payload());
            events.replace(first.number(), first.with(first.verdict(), merged));
        });
    }

    private java.util.Optional<AcceptedEvent> firstServerEvent(
            SimPlatform platform, String pixelId, String name, String id) {
        return first(platform, pixelId, name, id).filter(event -> !event.fromBrowser());
    }

    private java.util.Optional<AcceptedEvent> first(SimPlatform platform, String pixelId, String name, String id) {
        List<AcceptedEvent> found = events.newest(
                1,
                event -> event.verdict() == Verdict.COUNTED
                        && id.equals(event.eventId())
                        && event.platform() == platform
                        && event.pixelId().equals(pixelId)
                        && event.eventName().equals(name));
        return found.stream().findFirst();
    }

    private static byte[] merged(byte[] first, byte[] later) {
        try {
            JsonNode target = Json.MAPPER.readTree(first);
            JsonNode source = Json.MAPPER.readTree(later);
            for (String part : List.of("user", "properties")) {
                if (source.path(part) instanceof ObjectNode more && target instanceof ObjectNode whole) {
                    ObjectNode into = whole.path(part) instanceof ObjectNode has ? has : whole.putObject(part);
                    more.properties().forEach(entry -> into.putIfAbsent(entry.getKey(), entry.getValue()));
                }
            }
            return Json.bytes(target);
        } catch (IOException impossible) {
            return first;
        }
    }

    /// Hands every received id that `filter` takes to `visitor`, in order of first arrival as far as none was
    /// forgotten. The store is locked only for a few thousand ids at a time.
    public void visitIds(IdFilter filter, java.util.function.Consumer<List<ReceivedId>> visitor) {
        int from = 0;
        while (true) {
            List<ReceivedId> found = new ArrayList<>();
            synchronized (this) {
                int until = Math.min(ids.slots(), from + VISIT_STEP);
                if (from >= until) {
                    return;
                }
                for (int slot = from; slot < until; slot++) {
                    ids.visit(slot, (stream, id, received) -> {
                        if (filter.takes(stream, received)) {
                            found.add(new ReceivedId(id, received));
                        }
                    });
                }
                from = until;
            }
            visitor.accept(found);
        }
    }

    public synchronized int idsKept() {
        return ids.size();
    }

    public synchronized long idsForgotten() {
        return ids.forgotten();
    }

    /// Pixels that got events, in order of first arrival, at most 10,000.
    public synchronized Set<String> pixels(SimPlatform platform) {
        return new java.util.LinkedHashSet<>(pixels.getOrDefault(platform.shortName(), Set.of()));
    }

    private void remember(SimPlatform platform, String pixelId) {
        Set<String> known = pixels.computeIfAbsent(platform.shortName(), _ -> new java.util.LinkedHashSet<>());
        if (known.size() < 10_000) {
            known.add(pixelId);
        }
    }

    private void rememberBrowserKey(String key, Instant now) {
        browserKeys.remove(key);
        browserKeys.put(key, now);
        if (browserKeys.size() > MAX_MATCH_KEYS) {
            browserKeys.remove(browserKeys.keySet().iterator().next());
        }
    }

    private static String browserKey(SimPlatform platform, String pixelId, String name, String key) {
        return platform.shortName() + '\n' + pixelId + '\n' + name + '\n' + key;
    }

    private static AcceptedEvent record(
            long number,
            SimPlatform platform,
            String pixelId,
            ParsedEvent event,
            Verdict verdict,
            boolean fromBrowser,
            @Nullable String testEventCode,
            Instant now) {
        return new AcceptedEvent(
                number,
                platform,
                pixelId,
                event.name(),
                event.id(),
                verdict,
                fromBrowser,
                event.ignoredKeys(),
                testEventCode,
                now,
                event.payload());
    }

    synchronized void clear() {
        ids.clear();
        events.clear();
        testEvents.clear();
        hourly.clear();
        browserKeys.clear();
        pixels.clear();
    }
}
