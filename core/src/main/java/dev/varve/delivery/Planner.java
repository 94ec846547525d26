package dev.varve.delivery;

import dev.varve.destination.Candidate;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.Destinations;
import dev.varve.destination.Preparation;
import dev.varve.destination.PreparedEvent;
import dev.varve.destination.SkipReason;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.identity.KnownIds;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.IngestApps;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Plans groups of events that were read: decides for each of them and each platform what becomes of it, and hands it
/// to its lane, the backlog or the recorder. For one thread.
///
/// Everything that can fail comes before anything of the group is tracked, so that a group is planned wholly or not at
/// all.
final class Planner {
    /// When an event whose like is on its way is looked at again.
    static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

    private final IngestApps apps;
    private final Destinations destinations;
    private final Collection<Connector> connectors;
    private final Bridging bridging;
    private final TwinCheck twins;
    private final StoredEvents stored;
    private final Lanes lanes;
    private final Recorder recorder;
    private final InstantSource clock;

    /// What planning works with besides the stores.
    record Parts(Bridging bridging, TwinCheck twins, StoredEvents stored, Lanes lanes, Recorder recorder) {}

    Planner(RelayPorts ports, Collection<Connector> connectors, Parts parts, InstantSource clock) {
        this.apps = ports.apps();
        this.destinations = ports.destinations();
        this.connectors = List.copyOf(connectors);
        this.bridging = parts.bridging();
        this.twins = parts.twins();
        this.stored = parts.stored();
        this.lanes = parts.lanes();
        this.recorder = parts.recorder();
        this.clock = clock;
    }

    /// Events of any streams, those of each in offset order. Throws when a store does not answer; nothing was
    /// planned then.
    void plan(List<LoggedEvent> group) {
        Instant now = clock.instant();
        List<Draft> drafts =
                stored.consenting().narrowed(group).stream().map(this::draft).toList();
        carryIds(drafts, now);
        drafts.forEach(draft -> map(draft, now));
        Set<Twin> forwarded = twins.forwarded(twinsOf(drafts), now);
        for (Draft draft : drafts) {
            ProgressWindow.Tracked tracked = recorder.track(draft.event, draft.off, draft.decisions.size());
            for (Planned decision : draft.decisions) {
                carryOut(decision, draft.event, tracked, forwarded, now);
            }
        }
    }

    /// One event while it is planned.
    private static final class Draft {
        final LoggedEvent event;
        /// Null when the app is not known, or its project is archived.
        @Nullable
        Candidate candidate;

        final Set<Platform> off = EnumSet.noneOf(Platform.class);
        final List<Goal> goals = new ArrayList<>();
        final List<Planned> decisions = new ArrayList<>();
        /// By its name, on a platform that nothing bars it from: not sent there, yet others may learn from it.
        boolean isUnmapped;

        Draft(LoggedEvent event) {
            this.event = event;
        }

        /// Whether ids are to be carried to or from it.
        boolean wantsIds() {
            return !goals.isEmpty() || isUnmapped && Bridging.mayTeach(event.event());
        }
    }

    /// A destination that an event may go to; mapping decides.
    private record Goal(Connector connector, Destination destination) {}

    private sealed interface Planned {
        record Skip(Destination.Key key, String reason) implements Planned {}

        record Refusal(DeadLetter letter, String sentAs) implements Planned {}

        record Send(DestinationLane lane, PreparedEvent event, Optional<Twin> twin) implements Planned {}
    }

    private Draft draft(LoggedEvent event) {
        Draft draft = new Draft(event);
        Optional<IngestApp> app = apps.find(event.identity().appId());
        draft.candidate =
                app.map(known -> new Candidate(event, known, KnownIds.NONE)).orElse(null);
        draft.off.addAll(EnumSet.allOf(Platform.class));
        for (Connector connector : connectors) {
            if (recorder.wasRecovered(event.offset(), connector.platform())) {
                draft.off.remove(connector.platform());
            } else if (app.isPresent()) {
                aim(draft, app.get(), connector);
            }
        }
        return draft;
    }

    private void aim(Draft draft, IngestApp app, Connector connector) {
        Destination.Key key = new Destination.Key(draft.event.identity().projectId(), connector.platform());
        Optional<Destination> destination = destinations.find(key);
        Optional<Routing> barred = Routing.barred(draft.event, app, destination, connector.platform());
        if (barred.isPresent() && barred.get() instanceof Routing.Off) {
            return;
        }
        draft.off.remove(connector.platform());
        if (barred.isPresent() && barred.get() instanceof Routing.Skip(var reason)) {
            draft.decisions.add(new Planned.Skip(key, reason.wireName()));
        } else if (Routing.isUnmapped(draft.event.event(), destination.orElseThrow(), connector)) {
            draft.decisions.add(new Planned.Skip(key, SkipReason.UNMAPPED.wireName()));
            draft.isUnmapped = true;
        } else {
            draft.goals.add(new Goal(connector, destination.orElseThrow()));
        }
    }

    private void carryIds(List<Draft> drafts, Instant now) {
        List<Draft> routed = new ArrayList<>();
        List<Candidate> candidates = new ArrayList<>();
        for (Draft draft : drafts) {
            if (draft.candidate != null && draft.wantsIds()) {
                routed.add(draft);
                candidates.add(draft.candidate);
            }
        }
        List<Candidate> carried = bridging.carryAndRemember(candidates, now);
        for (int i = 0; i < carried.size(); i++) {
            routed.get(i).candidate = carried.get(i);
        }
    }

    private void map(Draft draft, Instant now) {
        Candidate candidate = draft.candidate;
        if (candidate != null) {
            draft.goals.forEach(goal -> draft.decisions.add(decided(candidate, goal, now)));
        }
    }

    private Planned decided(Candidate candidate, Goal goal, Instant now) {
        Destination.Key key = goal.destination().key();
        return switch (Routing.mapped(candidate, goal.destination(), goal.connector(), now)) {
            case Routing.Off() -> new Planned.Skip(key, SkipReason.DISABLED.wireName());
            case Routing.Skip(var reason) -> new Planned.Skip(key, reason.wireName());
            case Routing.Route(Preparation.Skipped(var reason)) -> new Planned.Skip(key, reason.wireName());
            case Routing.Route(Preparation.Refused refused) ->
                new Planned.Refusal(
                        stored.localRefusal(candidate.event(), goal.connector(), refused, now), refused.sentAs());
            case Routing.Route(Preparation.Prepared(var prepared)) ->
                new Planned.Send(
                        lanes.lane(key, goal.connector()), prepared, twins.twinOf(prepared, goal.destination()));
        };
    }

    private static Set<Twin> twinsOf(List<Draft> drafts) {
        Set<Twin> all = new HashSet<>();
        for (Draft draft : drafts) {
            for (Planned decision : draft.decisions) {
                if (decision instanceof Planned.Send send) {
                    send.twin().ifPresent(all::add);
                }
            }
        }
        return all;
    }

    private void carryOut(
            Planned decision, LoggedEvent event, ProgressWindow.Tracked tracked, Set<Twin> forwarded, Instant now) {
        switch (decision) {
            case Planned.Skip(var key, var reason) -> recorder.skipped(tracked, event, key, reason, now);
            case Planned.Refusal(var letter, var sentAs) -> recorder.refused(tracked, letter, sentAs);
            case Planned.Send send -> send(send, new LaneItem(send.event(), now, tracked), forwarded, now);
        }
    }

    private void send(Planned.Send send, LaneItem item, Set<Twin> forwarded, Instant now) {
        DestinationLane lane = send.lane();
        switch (twins.judge(item, send.twin(), forwarded, now)) {
            case FIRST -> {
                if (!lane.offer(item)) {
                    recorder.spilled(item, lane.key, now);
                    lane.backlogDue(now);
                }
            }
            case WAIT -> {
                recorder.spilled(item, lane.key, now.plus(LOOK_AGAIN));
                lane.backlogDue(now.plus(LOOK_AGAIN));
            }
            case DUPLICATE -> recorder.skipped(item, lane.key, SkipReason.DUPLICATE.wireName(), now);
        }
    }
}
