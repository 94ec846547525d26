package dev.varve.connectors.meta;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.mapping.BatchKey;
import dev.varve.connectors.mapping.ClickIds;
import dev.varve.connectors.mapping.Commerce;
import dev.varve.connectors.mapping.Device;
import dev.varve.connectors.mapping.EventFacts;
import dev.varve.connectors.mapping.PageAddresses;
import dev.varve.connectors.mapping.PayloadWriter;
import dev.varve.connectors.mapping.Properties;
import dev.varve.connectors.mapping.Properties.Names;
import dev.varve.connectors.mapping.Text;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns events into members of Meta's `data`. Pure and thread-safe.
///
/// The checks run in the order of the protocol reference, so that an event which fails several gets the first one's
/// reason: name, age, page address, app facts, identifiers, value, currency.
public final class MetaMapping {
    static final Duration MAX_AGE = Duration.ofDays(7).minusMinutes(15);
    static final Duration MAX_AGE_IN_STORE = Duration.ofDays(62).minusHours(1);
    private static final String OFFLINE_BATCH = "offline";
    private static final String PURCHASE = "Purchase";
    private static final Names ACTION_SOURCE = Names.of("action_source");

    public Preparation prepare(Candidate candidate, Destination destination, Instant now) {
        LoggedEvent logged = candidate.event();
        String name = sentAs(logged.event(), destination);
        if (name == null) {
            return new Skipped(SkipReason.UNMAPPED);
        }
        EventFacts facts = EventFacts.read(candidate, destination).orElse(null);
        if (facts == null) {
            return new Refused("document_unreadable", "the stored event cannot be read", name);
        }
        Device device = Device.of(facts);
        ActionSource source = actionSource(facts, device);
        if (isUnmappedHere(logged.event(), destination, name, source)) {
            return new Skipped(SkipReason.UNMAPPED);
        }
        if (!now.isBefore(tooOldAt(logged.event(), source))) {
            return new Skipped(SkipReason.TOO_OLD);
        }
        PageAddresses addresses = PageAddresses.of(facts);
        ClickIds clicks = ClickIds.of(facts, addresses);
        MetaUserData userData = MetaUserData.of(facts, source, device, clicks);
        Preparation refusal = refusal(facts, name, source, addresses, device, userData);
        return refusal != null ? refusal : prepared(new Draft(facts, name, source), device, addresses, userData);
    }

    /// When Meta stops accepting the event. Reads the document only when it could name a physical store.
    public Instant tooOldAt(LoggedEvent logged, Destination destination) {
        boolean storeByLayer = ActionSource.parse(destination.mapping().actionSource()) == ActionSource.PHYSICAL_STORE;
        String document = new String(logged.event().document(), StandardCharsets.ISO_8859_1);
        boolean namesStore = document.contains("physical_store") || document.contains("\"offline\"");
        boolean namesSource = document.contains("actionSource") || document.contains("action_source");
        if (!namesStore && !(storeByLayer && namesSource)) {
            return tooOldAt(logged.event(), storeByLayer ? ActionSource.PHYSICAL_STORE : ActionSource.OTHER);
        }
        ActionSource stated =
                EventFacts.document(logged).map(MetaMapping::statedSource).orElse(null);
        boolean store = stated == null ? storeByLayer : stated == ActionSource.PHYSICAL_STORE;
        return tooOldAt(logged.event(), store ? ActionSource.PHYSICAL_STORE : ActionSource.OTHER);
    }

    private record Draft(EventFacts facts, String name, ActionSource source) {}

    private static @Nullable String sentAs(Event event, Destination destination) {
        return event.synthetic()
                ? event.name()
                : MetaEventNames.NAMES.resolve(
                        event.name(), destination.mapping().eventMap());
    }

    private static boolean isUnmappedHere(Event event, Destination destination, String name, ActionSource source) {
        boolean chosen = event.synthetic() || destination.mapping().eventMap().containsKey(event.name());
        return MetaEventNames.isAppOnly(name) && source != ActionSource.APP && !chosen;
    }

    private static Instant tooOldAt(Event event, ActionSource source) {
        return event.occurredAt().plus(source == ActionSource.PHYSICAL_STORE ? MAX_AGE_IN_STORE : MAX_AGE);
    }

    /// The event's property, the event's own source, the layer's, the table by platform: first hit wins. An app event
    /// of a system that is neither iOS nor Android is `other`, because Meta takes no third kind of `extinfo`.
    private static ActionSource actionSource(EventFacts facts, Device device) {
        ActionSource stated = statedSource(facts.document());
        ActionSource layers = ActionSource.parse(facts.destination().mapping().actionSource());
        ActionSource source = stated != null ? stated : layers != null ? layers : sourceByPlatform(facts);
        return source == ActionSource.APP && device.os() == Device.Os.OTHER ? ActionSource.OTHER : source;
    }

    private static @Nullable ActionSource statedSource(JsonNode document) {
        ActionSource byProperty = ActionSource.parse(new Properties(document.path("properties")).text(ACTION_SOURCE));
        return byProperty != null ? byProperty : ActionSource.parseAny(Text.of(document.get("actionSource")));
    }

    private static ActionSource sourceByPlatform(EventFacts facts) {
        return switch (facts.senderPlatform()) {
            case "web" -> ActionSource.WEBSITE;
            case "ios", "android", "react-native", "flutter", "unity", "macos" -> ActionSource.APP;
            default -> PageAddresses.of(facts).page() != null ? ActionSource.WEBSITE : ActionSource.SYSTEM_GENERATED;
        };
    }

    private static @Nullable Preparation refusal(
            EventFacts facts,
            String name,
            ActionSource source,
            PageAddresses addresses,
            Device device,
            MetaUserData userData) {
        if (source == ActionSource.WEBSITE && sourceUrl(source, addresses) == null) {
            return new Refused(
                    "missing_event_source_url",
                    "a website event needs the address of its page: send $page_url or set the app's web domain",
                    name);
        }
        if (source == ActionSource.APP && device.osVersion() == null) {
            return new Refused("os_version_missing", "an app event needs os_version", name);
        }
        if (!userData.isSufficient()) {
            return new Skipped(SkipReason.NO_IDENTIFIERS);
        }
        return name.equals(PURCHASE) ? refusalOfPurchase(Commerce.of(facts.properties())) : null;
    }

    private static @Nullable Preparation refusalOfPurchase(Commerce commerce) {
        if (commerce.value() == null) {
            return new Refused("missing_value", "a purchase needs a numeric value or revenue", PURCHASE);
        }
        if (commerce.hasNegativeValue()) {
            return new Refused("negative_value", "a refund is no purchase: the value is negative", PURCHASE);
        }
        return commerce.currency() == null
                ? new Refused("missing_currency", "a purchase needs an ISO 4217 currency", PURCHASE)
                : null;
    }

    private static Preparation prepared(Draft draft, Device device, PageAddresses addresses, MetaUserData userData) {
        List<String> notes = draft.facts.notes();
        Commerce commerce = commerce(draft, notes);
        String code = draft.facts.testEventCode(Platform.META);
        BatchKey key = new BatchKey(draft.source == ActionSource.PHYSICAL_STORE ? OFFLINE_BATCH : "", code);
        byte[] payload = payload(draft, device, addresses, userData, commerce);
        return new Prepared(
                new PreparedEvent(draft.facts.logged(), draft.name, payload, key.encoded(), key.isSingle(), notes));
    }

    /// Value and currency stand together or not at all; a synthetic event has neither.
    private static Commerce commerce(Draft draft, List<String> notes) {
        Commerce commerce = Commerce.of(draft.facts.properties());
        if (draft.facts.event().synthetic()) {
            return commerce.withoutValue();
        }
        if (commerce.value() != null && commerce.currency() == null) {
            notes.add("value_without_currency");
            return commerce.withoutValue();
        }
        return commerce;
    }

    private static byte[] payload(
            Draft draft, Device device, PageAddresses addresses, MetaUserData userData, Commerce commerce) {
        try {
            PayloadWriter json = new PayloadWriter();
            json.object(() -> {
                json.text("event_name", draft.name);
                json.number("event_time", draft.facts.eventTime().getEpochSecond());
                json.text("event_id", draft.facts.platformEventId());
                json.text("action_source", draft.source.wireName());
                json.text("event_source_url", sourceUrl(draft.source, addresses));
                json.text("referrer_url", addresses.referrer());
                writeDataProcessing(json, draft.facts);
                userData.write(json);
                if (draft.source == ActionSource.APP) {
                    MetaAppData.of(draft.facts, device).write(json);
                }
                new MetaCustomData(draft.facts, draft.name, draft.source, commerce).write(json);
            });
            return json.toBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    private static @Nullable String sourceUrl(ActionSource source, PageAddresses addresses) {
        if (addresses.page() != null || source != ActionSource.WEBSITE) {
            return addresses.page();
        }
        return addresses.referrer() != null ? addresses.referrer() : addresses.home();
    }

    private static void writeDataProcessing(PayloadWriter json, EventFacts facts) throws IOException {
        DataProcessing options = facts.dataProcessing();
        if (options == null) {
            return;
        }
        json.array("data_processing_options", () -> {
            if (options.limited()) {
                json.element("LDU");
            }
        });
        if (options.limited()) {
            json.number("data_processing_options_country", options.country());
            json.number("data_processing_options_state", options.state());
        }
    }
}
