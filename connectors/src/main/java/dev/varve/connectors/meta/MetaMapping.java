package dev.varve.connectors.meta;

import dev.varve.connectors.mapping.BatchKey;
import dev.varve.connectors.mapping.Commerce;
import dev.varve.connectors.mapping.Device;
import dev.varve.connectors.mapping.EventFacts;
import dev.varve.destination.Candidate;
import dev.varve.destination.Destination;
import dev.varve.destination.Destination.DataProcessing;
import dev.varve.destination.Preparation;
import dev.varve.destination.Preparation.Prepared;
import dev.varve.destination.Preparation.Refused;
import dev.varve.destination.Preparation.Skipped;
import dev.varve.destination.PreparedEvent;
import dev.varve.destination.SkipReason;
import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns events into members of Meta's `data`. Pure and thread-safe. The first of these that fails decides: name, age,
/// then `MetaChecks`.
public final class MetaMapping {
    private static final String OFFLINE_BATCH = "offline";
    private static final int MAX_NAME = 50;

    public Preparation prepare(Candidate candidate, Destination destination, Instant now) {
        Event event = candidate.event().event();
        String name = sentAs(event, destination);
        if (name == null) {
            return new Skipped(SkipReason.UNMAPPED);
        }
        EventFacts facts = EventFacts.read(candidate, destination).orElse(null);
        if (facts == null) {
            return new Refused("document_unreadable", "the stored event cannot be read", name);
        }
        Device device = Device.of(facts);
        ActionSource source = ActionSource.of(facts, device);
        if (isUnmappedHere(event, destination, name, source)) {
            return new Skipped(SkipReason.UNMAPPED);
        }
        if (!now.isBefore(MetaAge.tooOldAt(event, source))) {
            return new Skipped(SkipReason.TOO_OLD);
        }
        return prepared(MetaDraft.of(facts, name, source, device));
    }

    /// By name alone. An event that only apps may send is found in its document.
    boolean isUnmapped(Event event, Destination destination) {
        return sentAs(event, destination) == null;
    }

    /// When Meta stops accepting the event.
    public Instant tooOldAt(LoggedEvent logged, Destination destination) {
        return MetaAge.tooOldAt(logged, destination);
    }

    /// Null: unmapped.
    private static @Nullable String sentAs(Event event, Destination destination) {
        if (!event.synthetic()) {
            return MetaEventNames.NAMES.resolve(
                    event.name(), destination.mapping().eventMap());
        }
        return event.name().isBlank() || event.name().length() > MAX_NAME ? null : event.name();
    }

    private static boolean isUnmappedHere(Event event, Destination destination, String name, ActionSource source) {
        boolean chosen = event.synthetic() || destination.mapping().eventMap().containsKey(event.name());
        return MetaEventNames.isAppOnly(name) && source != ActionSource.APP && !chosen;
    }

    private static Preparation prepared(MetaDraft draft) {
        Commerce commerce = draft.commerce();
        Preparation refusal = MetaChecks.refusal(draft, commerce);
        if (refusal != null) {
            return refusal;
        }
        List<String> notes = draft.facts().notes();
        Commerce stated = stated(draft, commerce, notes);
        noteDataUse(draft, notes);
        String code = draft.facts().testEventCode(Platform.META);
        BatchKey key = new BatchKey(draft.source() == ActionSource.PHYSICAL_STORE ? OFFLINE_BATCH : "", code);
        byte[] payload = MetaPayload.of(draft, stated);
        return new Prepared(
                new PreparedEvent(draft.facts().logged(), draft.name(), payload, key.encoded(), key.isSingle(), notes));
    }

    /// Value and currency stand together or not at all; a synthetic event has neither.
    private static Commerce stated(MetaDraft draft, Commerce commerce, List<String> notes) {
        if (draft.event().synthetic()) {
            return commerce.withoutValue();
        }
        if (commerce.value() != null && commerce.currency() == null) {
            notes.add("value_without_currency");
            return commerce.withoutValue();
        }
        return commerce;
    }

    /// Country or state 0 asks Meta to locate the person by an address, which is not there.
    private static void noteDataUse(MetaDraft draft, List<String> notes) {
        DataProcessing options = draft.facts().dataProcessing();
        boolean locates = options != null && options.limited() && (options.country() == 0 || options.state() == 0);
        if (locates && !draft.userData().hasAddress()) {
            notes.add("ldu_without_ip");
        }
    }
}
