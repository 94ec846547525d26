package dev.varve.server.api;

import dev.varve.delivery.DeadLetters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Dead letters and their replays without a store.
final class InMemoryDeadLetters implements DeadLetters {
    private static final Comparator<Item> ORDER = Comparator.comparing(
                    (Item item) -> item.times().occurredAt())
            .reversed()
            .thenComparing(Item::id);

    private final Map<UUID, List<Inspection>> letters = new HashMap<>();
    private final InMemoryJobs jobs;
    final List<Requester> requesters = new ArrayList<>();
    final List<Long> owners = new ArrayList<>();

    InMemoryDeadLetters(InMemoryJobs jobs) {
        this.jobs = jobs;
    }

    synchronized void add(UUID projectId, Inspection letter) {
        letters.computeIfAbsent(projectId, _ -> new ArrayList<>()).add(letter);
    }

    @Override
    public synchronized List<Item> page(Filter filter, Optional<Position> after, int limit) {
        return matching(filter).stream()
                .sorted(ORDER)
                .filter(item ->
                        after.filter(position -> !isBehind(item, position)).isEmpty())
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized Optional<Inspection> find(UUID projectId, String deadLetterId) {
        return letters.getOrDefault(projectId, List.of()).stream()
                .filter(letter -> letter.item().id().equals(deadLetterId))
                .findFirst();
    }

    @Override
    public synchronized Forecast forecast(Filter filter, Instant now) {
        List<Item> matching = matching(filter);
        List<Count> counts = matching.stream()
                .map(item -> Map.entry(item.subject().platform(), item.reason()))
                .distinct()
                .map(kind -> count(matching, kind, now))
                .toList();
        List<TooOld> tooOld = matching.stream()
                .filter(item -> isTooOld(item, now))
                .map(item -> new TooOld(
                        item.subject().eventId(),
                        item.subject().platform(),
                        item.times().occurredAt()))
                .toList();
        return new Forecast(counts, tooOld);
    }

    private static Count count(List<Item> items, Map.Entry<dev.varve.event.Platform, String> kind, Instant now) {
        List<Item> ofKind = items.stream()
                .filter(item -> item.subject().platform() == kind.getKey()
                        && item.reason().equals(kind.getValue()))
                .toList();
        long tooOld = ofKind.stream().filter(item -> isTooOld(item, now)).count();
        return new Count(kind.getKey(), kind.getValue(), ofKind.size(), tooOld);
    }

    @Override
    public synchronized Optional<Replay> replay(Filter filter, Requester requester, long owner, Instant now) {
        if (jobs.isRunning(filter.projectId())) {
            return Optional.empty();
        }
        requesters.add(requester);
        owners.add(owner);
        Forecast forecast = forecast(filter, now);
        long total = forecast.counts().stream()
                .mapToLong(count -> count.matched() - count.tooOld())
                .sum();
        String job = jobs.start(requester.organizationId(), filter.projectId(), now, total);
        return Optional.of(new Replay(job, forecast));
    }

    private List<Item> matching(Filter filter) {
        return letters.getOrDefault(filter.projectId(), List.of()).stream()
                .map(Inspection::item)
                .filter(item -> matches(item, filter))
                .toList();
    }

    private static boolean matches(Item item, Filter filter) {
        Instant at = item.times().occurredAt();
        return (filter.platforms().isEmpty()
                        || filter.platforms().contains(item.subject().platform()))
                && filter.reason()
                        .filter(reason -> !reason.equals(item.reason()))
                        .isEmpty()
                && filter.appId()
                        .filter(app -> !app.equals(item.subject().appId()))
                        .isEmpty()
                && (filter.eventNames().isEmpty()
                        || filter.eventNames().contains(item.subject().eventName()))
                && !at.isBefore(filter.period().since().orElse(Instant.MIN))
                && at.isBefore(filter.period().until().orElse(Instant.MAX));
    }

    private static boolean isBehind(Item item, Position position) {
        int time = item.times().occurredAt().compareTo(position.occurredAt());
        return time < 0 || time == 0 && item.id().compareTo(position.id()) > 0;
    }

    private static boolean isTooOld(Item item, Instant now) {
        return !item.times().tooOldAt().isAfter(now);
    }
}
