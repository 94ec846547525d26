package dev.varve.health;

import dev.varve.health.TailMessage.Appeared;
import dev.varve.health.TailMessage.Gap;
import dev.varve.health.TailMessage.Settled;
import dev.varve.health.Timeline.TimelineEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the end of the log for all readers of this process with one poll, to be called about twice a second: the
/// store's work does not grow with the readers, and there is none while nobody reads. Thread-safe.
public final class LiveTail {
    /// How old a position may be to resume from it.
    public static final Duration RESUMABLE = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(LiveTail.class);
    /// Between the arrival of an event and the poll that shows it.
    private static final Duration SLACK = Duration.ofSeconds(30);
    private static final int PAGE = 200;
    /// Pages of one poll; the next one goes on.
    private static final int MOST_PAGES = 50;

    private final EventTail log;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<TailSubscription> subscriptions = new LinkedHashSet<>();
    private final TailWatch watch = new TailWatch();
    private @Nullable TailPosition position;
    private boolean isFailing;

    public LiveTail(EventTail log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    /// From now on, or from `resume` when that is recent enough; else the first message is a `Gap`.
    public TailSubscription subscribe(UUID projectId, Timeline.Filter filter, Optional<TailPosition> resume) {
        TailSubscription subscription = new TailSubscription(projectId, filter, this::leave);
        lock.lock(); // a poll under way would pass events without looking for this project
        try {
            TailPosition from = position == null ? log.end().seenAt(clock.instant()) : position;
            resume.ifPresent(old -> resume(subscription, filter, new TailCatchUp.Bounds(old, from)));
            position = from;
            subscriptions.add(subscription);
        } finally {
            lock.unlock();
        }
        return subscription;
    }

    private void resume(TailSubscription subscription, Timeline.Filter filter, TailCatchUp.Bounds bounds) {
        if (isStale(bounds.from())) {
            subscription.offer(new Gap(null));
        } else {
            subscription.begin(new TailCatchUp(log, subscription.projectId(), filter, bounds, this::watch));
        }
    }

    /// By its own account, or by what lies right behind it: a made-up position costs no long walk.
    private boolean isStale(TailPosition old) {
        Instant oldest = clock.instant().minus(RESUMABLE);
        return old.at().isBefore(oldest)
                || log.arrivalAfter(old)
                        .filter(arrival -> arrival.isBefore(oldest.minus(SLACK)))
                        .isPresent();
    }

    /// Tells the readers what is new. A failure is logged once, and the next poll goes on where this one stopped.
    public void poll() {
        lock.lock();
        try {
            if (position != null) {
                position = polled(position);
            }
            isFailing = false;
        } catch (RuntimeException e) {
            if (!isFailing) {
                LOG.atWarn().setCause(e).log("tail.failed");
            }
            isFailing = true;
        } finally {
            lock.unlock();
        }
    }

    public int readers() {
        lock.lock();
        try {
            return subscriptions.size();
        } finally {
            lock.unlock();
        }
    }

    private TailPosition polled(TailPosition from) {
        Instant now = clock.instant();
        Set<UUID> projects =
                subscriptions.stream().map(TailSubscription::projectId).collect(Collectors.toSet());
        watch.forget(entry -> !projects.contains(entry.logged().identity().projectId()), now);
        watch.changed(log).forEach(entry -> tell(entry, new Settled(entry)));
        TailPosition reached = from;
        boolean isCut = true;
        for (int page = 0; isCut && page < MOST_PAGES; page++) {
            EventTail.Slice slice = log.after(projects, reached, PAGE);
            show(slice.entries(), reached.seenAt(now), now);
            reached = slice.end().seenAt(now);
            position = reached; // a later page that fails must not repeat this one
            isCut = slice.isCut();
        }
        return reached;
    }

    private void show(List<TimelineEntry> entries, TailPosition from, Instant now) {
        TailPosition at = from;
        for (TimelineEntry entry : entries) {
            at = at.past(entry.logged().offset());
            watch.add(entry, now);
            tell(entry, new Appeared(entry, at.text()));
        }
    }

    private void tell(TimelineEntry entry, TailMessage message) {
        subscriptions.forEach(subscription -> subscription.offer(entry, message));
    }

    private void watch(TimelineEntry entry) {
        lock.lock();
        try {
            watch.add(entry, clock.instant());
        } finally {
            lock.unlock();
        }
    }

    private void leave(TailSubscription subscription) {
        lock.lock();
        try {
            subscriptions.remove(subscription);
            if (subscriptions.isEmpty()) {
                position = null;
                watch.forget(_ -> true, clock.instant());
            }
        } finally {
            lock.unlock();
        }
    }
}
