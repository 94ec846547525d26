package dev.varve.delivery;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.component.Ulid;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Dead letters and their jobs for tests that need no database; passes `DeadLettersContract`.
public final class InMemoryDeadLetters implements DeadLetters {
    private static final Comparator<Letter> NEWEST_FIRST = Comparator.comparing(
                    (Letter letter) -> letter.seed.occurredAt())
            .reversed()
            .thenComparing(letter -> letter.seed.id());

    private final List<Letter> letters = new ArrayList<>();
    private final Map<String, Running> jobs = new HashMap<>();

    private static final class Letter {
        final UUID project;
        final DeadLetterSeed seed;

        @Nullable
        String jobId;

        Letter(UUID project, DeadLetterSeed seed) {
            this.project = project;
            this.seed = seed;
        }

        Item item() {
            return new Item(
                    seed.id(),
                    new Subject(seed.eventId(), seed.kind().app(), seed.kind().eventName(), seed.platform()),
                    seed.kind().reason(),
                    new Fault("PLATFORM_ERROR", null, null, 1),
                    new DeadLetters.Times(seed.occurredAt(), seed.occurredAt(), seed.occurredAt(), seed.tooOldAt()),
                    jobId != null);
        }
    }

    private record Running(
            String id, UUID organization, UUID project, long total, Instant createdAt, List<Ended> ended) {
        long count(ReceiptState state) {
            return ended.stream().filter(end -> end.state == state).count();
        }

        boolean isOver() {
            return ended.size() == total;
        }

        Jobs.Job describe() {
            return new Jobs.Job(
                    id,
                    "dead_letter_replay",
                    project,
                    new Jobs.Progress(isOver() ? Jobs.Status.COMPLETED : Jobs.Status.RUNNING, ended.size(), total),
                    isOver() ? result() : null,
                    new Jobs.Times(createdAt, isOver() ? finishedAt() : null));
        }

        private ObjectNode result() {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("replayed", total)
                    .put("forwarded", count(ReceiptState.FORWARDED))
                    .put("skipped", count(ReceiptState.SKIPPED))
                    .put("dead", count(ReceiptState.DEAD));
        }

        private Instant finishedAt() {
            return ended.stream().map(Ended::at).max(Comparator.naturalOrder()).orElse(createdAt);
        }
    }

    private record Ended(ReceiptState state, Instant at) {}

    public synchronized void add(UUID project, DeadLetterSeed seed) {
        letters.add(new Letter(project, seed));
    }

    public synchronized void settle(String id, ReceiptState state, Instant at) {
        Letter letter = letters.stream()
                .filter(each -> each.seed.id().equals(id) && each.jobId != null)
                .findAny()
                .orElseThrow();
        Objects.requireNonNull(jobs.get(letter.jobId)).ended.add(new Ended(state, at));
        letter.jobId = null;
        if (state != ReceiptState.DEAD) {
            letters.remove(letter);
        }
    }

    @Override
    public synchronized List<Item> page(Filter filter, Optional<Position> after, int limit) {
        return letters.stream()
                .filter(letter -> matches(filter, letter))
                .filter(letter -> after.isEmpty() || isAfter(letter.seed, after.get()))
                .sorted(NEWEST_FIRST)
                .limit(limit)
                .map(Letter::item)
                .toList();
    }

    private static boolean isAfter(DeadLetterSeed seed, Position position) {
        int order = position.occurredAt().compareTo(seed.occurredAt());
        return order > 0 || (order == 0 && seed.id().compareTo(position.id()) > 0);
    }

    private static boolean matches(Filter filter, Letter letter) {
        DeadLetterSeed.Kind kind = letter.seed.kind();
        Instant at = letter.seed.occurredAt();
        return letter.project.equals(filter.projectId())
                && !kind.synthetic()
                && (filter.platforms().isEmpty() || filter.platforms().contains(letter.seed.platform()))
                && filter.reason().map(kind.reason()::equals).orElse(true)
                && filter.appId().map(kind.app()::equals).orElse(true)
                && (filter.eventNames().isEmpty() || filter.eventNames().contains(kind.eventName()))
                && filter.period().since().map(since -> !at.isBefore(since)).orElse(true)
                && filter.period().until().map(at::isBefore).orElse(true);
    }

    @Override
    public synchronized Optional<Inspection> find(UUID projectId, String deadLetterId) {
        return letters.stream()
                .filter(letter ->
                        letter.project.equals(projectId) && letter.seed.id().equals(deadLetterId))
                .map(letter -> new Inspection(letter.item(), null, null, null, null))
                .findAny();
    }

    @Override
    public synchronized Forecast forecast(Filter filter, Instant now) {
        Map<List<Object>, Count> counts = new HashMap<>();
        List<TooOld> tooOld = new ArrayList<>();
        for (Letter letter : open(filter)) {
            DeadLetterSeed seed = letter.seed;
            boolean isTooOld = !seed.tooOldAt().isAfter(now);
            Count one = new Count(seed.platform(), seed.kind().reason(), 1, isTooOld ? 1 : 0);
            counts.merge(
                    List.of(seed.platform(), seed.kind().reason()),
                    one,
                    (a, b) -> new Count(a.platform(), a.reason(), a.matched() + b.matched(), a.tooOld() + b.tooOld()));
            if (isTooOld && tooOld.size() < 100) {
                tooOld.add(new TooOld(seed.eventId(), seed.platform(), seed.occurredAt()));
            }
        }
        return new Forecast(
                counts.values().stream()
                        .sorted(Comparator.comparing(Count::platform).thenComparing(Count::reason))
                        .toList(),
                tooOld);
    }

    private List<Letter> open(Filter filter) {
        return letters.stream()
                .filter(letter -> letter.jobId == null && matches(filter, letter))
                .sorted(NEWEST_FIRST.reversed())
                .toList();
    }

    @Override
    public synchronized Optional<Replay> replay(Filter filter, Requester requester, long owner, Instant now) {
        if (jobs.values().stream().anyMatch(job -> job.project.equals(filter.projectId()) && !job.isOver())) {
            return Optional.empty();
        }
        Forecast forecast = forecast(filter, now);
        String jobId = Ulid.next("job_");
        List<Letter> young = open(filter).stream()
                .filter(letter -> letter.seed.tooOldAt().isAfter(now))
                .toList();
        young.forEach(letter -> letter.jobId = jobId);
        jobs.put(
                jobId,
                new Running(
                        jobId, requester.organizationId(), filter.projectId(), young.size(), now, new ArrayList<>()));
        return Optional.of(new Replay(jobId, forecast));
    }

    public Jobs jobs() {
        return new Jobs() {
            @Override
            public Optional<Job> find(UUID organizationId, String jobId) {
                return job(organizationId, jobId);
            }

            @Override
            public int running(UUID organizationId) {
                return runningOf(organizationId);
            }
        };
    }

    private synchronized Optional<Jobs.Job> job(UUID organizationId, String jobId) {
        return Optional.ofNullable(jobs.get(jobId))
                .filter(job -> job.organization.equals(organizationId))
                .map(Running::describe);
    }

    private synchronized int runningOf(UUID organizationId) {
        return (int) jobs.values().stream()
                .filter(job -> job.organization.equals(organizationId) && !job.isOver())
                .count();
    }
}
