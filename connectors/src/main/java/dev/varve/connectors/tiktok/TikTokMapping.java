package dev.varve.connectors.tiktok;

import dev.varve.connectors.mapping.BatchKey;
import dev.varve.connectors.mapping.Commerce;
import dev.varve.connectors.mapping.Device;
import dev.varve.connectors.mapping.EventFacts;
import dev.varve.connectors.mapping.PageAddresses;
import dev.varve.connectors.mapping.PayloadWriter;
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
import dev.varve.tenant.IngestApp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns events into members of TikTok's `data`. Pure and thread-safe.
public final class TikTokMapping {
    private static final Names LEAD_EVENT_SOURCE = Names.of("lead_event_source");
    private static final Set<String> CURRENCIES =
            Set.of(("AED ARS AUD BDT BHD BIF BOB BRL CAD CHF CLP CNY COP CRC CZK DKK"
                            + " DZD EGP EUR GBP GTQ HKD HNL HUF IDR ILS INR ISK JPY KES KHR KRW KWD KZT MAD MOP MXN MYR NGN NIO NOK"
                            + " NZD OMR PAB PEN PHP PKR PLN PYG QAR RON RUB SAR SEK SGD THB TRY TWD UAH USD VES VND ZAR")
                    .split(" "));

    private final Duration maxEventAge;

    public TikTokMapping(Duration maxEventAge) {
        this.maxEventAge = maxEventAge;
    }

    public Preparation prepare(Candidate candidate, Destination destination, Instant now) {
        LoggedEvent logged = candidate.event();
        Event event = logged.event();
        var overrides = destination.mapping().eventMap();
        if (isUnmapped(event, destination)) {
            return new Skipped(SkipReason.UNMAPPED);
        }
        EventFacts facts = EventFacts.read(candidate, destination).orElse(null);
        if (facts == null) {
            return new Refused("document_unreadable", "the stored event cannot be read", event.name());
        }
        TikTokSource source = TikTokSource.of(facts);
        String name = event.synthetic() ? event.name() : TikTokEventNames.resolve(event.name(), overrides, source);
        if (name == null) {
            return new Skipped(SkipReason.UNMAPPED);
        }
        if (!now.isBefore(tooOldAt(logged))) {
            return new Skipped(SkipReason.TOO_OLD);
        }
        return prepared(new Draft(facts, name, source, Device.of(facts), PageAddresses.of(facts)));
    }

    /// By name alone: mapped for no source.
    boolean isUnmapped(Event event, Destination destination) {
        return !event.synthetic()
                && !TikTokEventNames.isMappedSomewhere(
                        event.name(), destination.mapping().eventMap());
    }

    /// When this relay stops sending the event: TikTok states no limit, the operator does.
    public Instant tooOldAt(LoggedEvent logged) {
        return logged.event().occurredAt().plus(maxEventAge);
    }

    private record Draft(EventFacts facts, String name, TikTokSource source, Device device, PageAddresses addresses) {}

    private static Preparation prepared(Draft draft) {
        EventFacts facts = draft.facts;
        if (draft.source == TikTokSource.APP && appId(draft) == null) {
            return new Refused(
                    "app_data_incomplete", "an app event needs the app's store id, bundle id or package", draft.name);
        }
        if (draft.source == TikTokSource.CRM && facts.matchText("lead_id") == null) {
            return new Refused("lead_id_missing", "a crm event needs lead_id", draft.name);
        }
        TikTokUser user = TikTokUser.of(facts, draft.source, draft.device, draft.addresses);
        if (!user.isSufficient()) {
            return new Skipped(SkipReason.NO_IDENTIFIERS);
        }
        List<String> notes = facts.notes();
        Commerce commerce = Commerce.of(facts.properties());
        if (draft.name.equals("Purchase") && commerce.hasNegativeValue()) {
            return new Refused("negative_value", "a refund is no purchase: the value is negative", draft.name);
        }
        byte[] payload = payload(draft, user, priced(draft, commerce, notes));
        BatchKey key = new BatchKey(draft.source.wireName(), facts.testEventCode(Platform.TIKTOK));
        return new Prepared(
                new PreparedEvent(facts.logged(), draft.name, payload, key.encoded(), key.isSingle(), notes));
    }

    /// A value goes only with a currency TikTok lists; without one the conversion still counts.
    private static Commerce priced(Draft draft, Commerce commerce, List<String> notes) {
        if (draft.facts.event().synthetic()) {
            return commerce.withoutValue();
        }
        String currency = commerce.currency();
        if (currency != null && !CURRENCIES.contains(currency)) {
            notes.add("currency_unsupported");
            return commerce.withoutValue();
        }
        if (commerce.value() != null && currency == null) {
            notes.add("value_without_currency");
            return commerce.withoutValue();
        }
        if (commerce.value() == null && draft.name.equals("Purchase")) {
            notes.add("purchase_without_value");
        }
        return commerce;
    }

    private static byte[] payload(Draft draft, TikTokUser user, Commerce commerce) {
        try {
            PayloadWriter json = new PayloadWriter();
            json.object(() -> {
                json.text("event", draft.name);
                json.number("event_time", draft.facts.eventTime().getEpochSecond());
                json.text("event_id", draft.facts.platformEventId());
                writeLimitedDataUse(json, draft);
                user.write(json);
                new TikTokProperties(draft.facts, draft.name, commerce).write(json);
                writeSourceBlock(json, draft);
            });
            return json.toBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    private static void writeLimitedDataUse(PayloadWriter json, Draft draft) throws IOException {
        DataProcessing options = draft.facts.dataProcessing();
        boolean taken = draft.source == TikTokSource.WEB || draft.source == TikTokSource.APP;
        if (options != null && taken) {
            json.flag("limited_data_use", options.limited());
        }
    }

    private static void writeSourceBlock(PayloadWriter json, Draft draft) throws IOException {
        switch (draft.source) {
            case WEB -> writePage(json, draft.addresses, draft.addresses.home());
            case APP -> writeApp(json, draft);
            case CRM -> writeLead(json, draft.facts);
            case OFFLINE -> writePage(json, draft.addresses, null);
        }
    }

    /// Without any address the event goes without `page`: TikTok alone decides whether it needs one.
    private static void writePage(PayloadWriter json, PageAddresses addresses, @Nullable String otherwise)
            throws IOException {
        String own = addresses.page() != null ? addresses.page() : addresses.deepLink();
        String url = own != null ? own : otherwise;
        if (url != null) {
            json.object("page", () -> {
                json.text("url", url);
                json.text("referrer", addresses.referrer());
            });
        }
    }

    private static void writeApp(PayloadWriter json, Draft draft) throws IOException {
        json.object("app", () -> {
            json.text("app_id", appId(draft));
            json.text("app_name", draft.facts.app().store().name());
            json.text("app_version", draft.facts.contextText("appVersion", "app", "version"));
        });
    }

    private static void writeLead(PayloadWriter json, EventFacts facts) throws IOException {
        json.object("lead", () -> {
            json.text("lead_id", facts.matchText("lead_id"));
            json.text("lead_event_source", facts.properties().plainText(LEAD_EVENT_SOURCE));
        });
    }

    /// The App Store's number, Google Play's package, else what the app calls itself.
    private static @Nullable String appId(Draft draft) {
        IngestApp.AppStoreIdentity store = draft.facts.app().store();
        String namespace = Text.shown(draft.facts.context().path("app").get("namespace"));
        String fallback = store.bundleId() != null ? store.bundleId() : namespace;
        String own = draft.device.os() == Device.Os.ANDROID ? store.androidPackage() : store.appStoreId();
        return own != null ? own : fallback != null ? fallback : store.androidPackage();
    }
}
