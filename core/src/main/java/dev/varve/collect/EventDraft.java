package dev.varve.collect;

import dev.varve.collect.ByteSink.Range;
import dev.varve.event.Consent;
import dev.varve.identity.ConsentRecord;
import dev.varve.identity.FieldKind;
import dev.varve.identity.FieldName;
import dev.varve.identity.MatchInputs;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One event as read, before the facts are known that stand elsewhere in the request (its app, `sent_at`). Texts
/// are already storable and free of e-mail addresses and phone numbers, but for `match`, `ip` and `userAgent`.
final class EventDraft {
    /// Of one event; so that a hostile one costs bounded memory. More than an event has members that can be wrong.
    private static final int MOST_PROBLEMS = 50;

    /// The first refusal.
    CollectOutcome.@Nullable Rejection rejection;

    /// What every refusal said, of events whose sender hears of all.
    private final List<String> problems = new ArrayList<>(0);

    private final boolean isThorough;

    /// `isThorough`: every refusal is remembered, not only the first.
    EventDraft(boolean isThorough) {
        this.isThorough = isThorough;
    }

    @Nullable
    String name;

    @Nullable
    String eventId;

    IsoTime.@Nullable Reading time;

    @Nullable
    String timeText;

    @Nullable
    String appId;

    @Nullable
    String environment;

    @Nullable
    String platform;

    @Nullable
    String userId;

    @Nullable
    String otherUserId;

    @Nullable
    String rawUserId;

    @Nullable
    String rawOtherUserId;

    @Nullable
    String installId;

    @Nullable
    String sessionId;

    Consent consent = Consent.UNSTATED;
    Consent propertyConsent = Consent.UNSTATED;
    /// Of the event's user and install; not part of the event.
    ConsentRecord onRecord = ConsentRecord.UNSTATED;

    final Map<ContextField, String> context = new EnumMap<>(ContextField.class);
    /// Group → member → value, such as `utm` → `source`.
    final Map<String, Map<String, String>> groups = new LinkedHashMap<>(0);

    Range properties = Range.EMPTY;
    Range extra = Range.EMPTY;

    @Nullable
    String url;

    @Nullable
    String sdkVersion;

    @Nullable
    String ip;

    @Nullable
    String userAgent;

    @Nullable
    String advertisingId;

    boolean hasNestedOsVersion;

    /// In lower case.
    @Nullable
    String osName;

    /// From Meta's cookie; preferred to `ip`.
    @Nullable
    String cookieIp;

    @Nullable
    String actionSource;

    @Nullable
    DataUse limitedDataUse;

    Map<String, String> testEventCode = Map.of();

    final MatchInputs match = new MatchInputs();

    /// `country` and `state` null: Meta decides by the address.
    record DataUse(@Nullable Integer country, @Nullable Integer state) {}

    @Nullable
    String effectiveUserId() {
        return userId != null ? userId : otherUserId;
    }

    Consent effectiveConsent() {
        return consent.and(propertyConsent);
    }

    /// Keeps a value for matching.
    void observe(MatchInputs.Source source, FieldName meaning, String name, String text) {
        FieldKind kind = meaning.kind();
        if (kind == FieldKind.IP) {
            ip = text.length() <= 45 ? text : ip;
        } else if (kind == FieldKind.ADVERTISING_ID) {
            advertisingId = text;
        } else if (kind != FieldKind.SECRET && kind != FieldKind.OTHER_PERSONAL) {
            match.add(source, meaning, name, text);
        }
    }

    void reject(int index, String code, String message) {
        if (rejection == null) {
            rejection = new CollectOutcome.Rejection(index, code, message);
        }
        if (isThorough && problems.size() < MOST_PROBLEMS) {
            problems.add(message);
        }
    }

    /// Of an event that is too large nothing else is worth saying.
    void rejectSize(int index, String message) {
        rejection = null;
        problems.clear();
        reject(index, "PAYLOAD_TOO_LARGE", message);
    }

    boolean isTooLarge() {
        return rejection != null && rejection.code().equals("PAYLOAD_TOO_LARGE");
    }

    /// Whether something that was refused is of this member.
    boolean hasProblem(String member) {
        return problems.stream().anyMatch(problem -> problem.startsWith(member + ": "));
    }

    /// Every problem at its place; a message begins with the member it speaks of.
    List<CollectOutcome.Issue> issues(int index) {
        String event = "events[" + index + "]";
        return problems.stream()
                .map(problem -> {
                    int colon = problem.indexOf(": ");
                    String member = problem.substring(0, colon);
                    return new CollectOutcome.Issue(
                            member.equals("event") ? event : event + "." + member, problem.substring(colon + 2));
                })
                .toList();
    }
}
