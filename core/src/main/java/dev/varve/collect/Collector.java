package dev.varve.collect;

import dev.varve.collect.CollectOutcome.Collected;
import dev.varve.collect.CollectOutcome.Invalid;
import dev.varve.collect.CollectOutcome.RateLimited;
import dev.varve.collect.CollectOutcome.Rejection;
import dev.varve.collect.CollectOutcome.TooManyEvents;
import dev.varve.collect.CollectOutcome.Unauthenticated;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.Platform;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import dev.varve.eventlog.AppendResult;
import dev.varve.eventlog.EventBatch;
import dev.varve.eventlog.EventLog;
import dev.varve.identity.ConsentLookup;
import dev.varve.identity.ConsentRecord;
import dev.varve.identity.EmailAddress;
import dev.varve.identity.FieldKind;
import dev.varve.identity.FieldName;
import dev.varve.identity.MatchInputs.Source;
import dev.varve.identity.MatchSettings;
import dev.varve.identity.PersonalText;
import dev.varve.identity.Profiles.Subject;
import dev.varve.identity.Sha256;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.IngestApps;
import dev.varve.tenant.SdkPlatform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Turns requests with events into stored events: reads and validates each event by itself, hashes personal data,
/// and appends. When a method returns [Collected], the accepted events are durable.
///
/// Thread-safe. Those that store let `EventLogUnavailableException` pass; nothing of the request was stored then.
public final class Collector {
    private static final int MAX_FACT = 256;

    private final EventLog log;
    private final IngestApps apps;
    private final ConsentLookup consents;
    private final EventAllowance allowance;
    private final InstantSource clock;

    public Collector(EventLog log, IngestApps apps, EventAllowance allowance, InstantSource clock) {
        this(log, apps, ConsentLookup.NONE, allowance, clock);
    }

    public Collector(
            EventLog log, IngestApps apps, ConsentLookup consents, EventAllowance allowance, InstantSource clock) {
        this.log = log;
        this.apps = apps;
        this.consents = consents;
        this.allowance = allowance;
        this.clock = clock;
    }

    /// Events of an SDK. The app is named by the request, else by the first event that names one.
    public CollectOutcome collectSdk(SdkRequest request) {
        Sha256 sha256 = new Sha256();
        byte[] json = LoneSurrogates.mended(ByteOrderMark.without(request.body()));
        String appId = request.appId() != null ? request.appId() : AppIdScan.find(json);
        Optional<IngestApp> app = appId == null ? Optional.empty() : apps.find(appId);
        if (appId != null && (app.isEmpty() || !isAuthentic(request, app.get(), sha256))) {
            return new Unauthenticated();
        }
        PersonalText personal = personalText(app, sha256);
        return switch (new BodyReader(Dialect.SDK, personal, sha256).read(json)) {
            case Body.Unreadable(CollectOutcome.Issue issue) -> new Invalid(List.of(issue), List.of());
            case Body.TooMany() -> new TooManyEvents(Dialect.SDK.maxEvents);
            case Body.Read body ->
                app.isEmpty()
                        ? new Unauthenticated()
                        : new Batch(app.get(), Dialect.SDK, body, sha256, personal, request).collect();
        };
    }

    /// Events of a server, whose sender is known already.
    public CollectOutcome collectServer(ServerRequest request) {
        Sha256 sha256 = new Sha256();
        PersonalText personal = personalText(Optional.of(request.app()), sha256);
        return switch (new BodyReader(Dialect.SERVER, personal, sha256)
                .read(LoneSurrogates.mended(ByteOrderMark.without(request.body())))) {
            case Body.Unreadable(CollectOutcome.Issue issue) -> new Invalid(List.of(issue), List.of());
            case Body.TooMany() -> new TooManyEvents(Dialect.SERVER.maxEvents);
            case Body.Read body -> new Batch(request.app(), Dialect.SERVER, body, sha256, personal, null).collect();
        };
    }

    /// What `collectServer` would make of the one event of a request, without storing anything. Its consent is the
    /// stricter of what it states and what is on record; of a stored event the record is looked up before
    /// each attempt.
    public DraftOutcome draft(ServerRequest request) {
        Sha256 sha256 = new Sha256();
        PersonalText personal = personalText(Optional.of(request.app()), sha256);
        return switch (new BodyReader(Dialect.SERVER, personal, sha256)
                .read(LoneSurrogates.mended(ByteOrderMark.without(request.body())))) {
            case Body.Unreadable(CollectOutcome.Issue issue) -> new DraftOutcome.Invalid(List.of(issue));
            case Body.TooMany() ->
                new DraftOutcome.Invalid(List.of(new CollectOutcome.Issue("events", "expected one event, got more")));
            case Body.Read body -> new Batch(request.app(), Dialect.SERVER, body, sha256, personal, null).draft();
        };
    }

    static PersonalText personalText(Optional<IngestApp> app, Sha256 sha256) {
        return new PersonalText(
                sha256,
                app.map(known -> known.defaultCountries().get(Platform.META)).orElse(null));
    }

    /// A key that is brought must be right even where none is required.
    public static boolean isAuthentic(SdkRequest request, IngestApp app, Sha256 sha256) {
        if (request.probe()) {
            return true;
        }
        String key = request.appKey();
        if (key == null) {
            return !app.keyPolicy().required();
        }
        return MessageDigest.isEqual(sha256.bytes(key), app.keyPolicy().appKeySha256());
    }

    /// The work on one readable request.
    private final class Batch {
        private final IngestApp app;
        private final Dialect dialect;
        private final Body.Read body;
        private final Sha256 sha256;
        private final PersonalText personal;
        private final @Nullable SdkRequest request;
        private final Instant receivedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
        private final List<Event> events;
        private final List<Rejection> rejections = new ArrayList<>(0);
        private final List<CollectOutcome.Issue> issues = new ArrayList<>(0);
        private final List<@Nullable String> eventIds;
        private boolean isAnyValid;

        Batch(
                IngestApp app,
                Dialect dialect,
                Body.Read body,
                Sha256 sha256,
                PersonalText personal,
                @Nullable SdkRequest request) {
            this.app = app;
            this.dialect = dialect;
            this.body = body;
            this.sha256 = sha256;
            this.personal = personal;
            this.request = request;
            this.events = new ArrayList<>(body.events().size());
            this.eventIds = new ArrayList<>(body.events().size());
        }

        CollectOutcome collect() {
            judgeAll();
            if (!isAnyValid) {
                return new Invalid(List.copyOf(issues), List.copyOf(rejections));
            }
            Optional<Duration> wait = events.isEmpty() || dialect == Dialect.SERVER || isProbe()
                    ? Optional.empty()
                    : allowance.take(app.appId(), events.size());
            return wait.<CollectOutcome>map(RateLimited::new).orElseGet(this::store);
        }

        DraftOutcome draft() {
            judgeAll();
            if (!events.isEmpty()) {
                return new DraftOutcome.Drafted(events.getFirst()
                        .narrowedTo(body.events().getFirst().onRecord.consent()));
            }
            return isAnyValid ? new DraftOutcome.Unconsented() : new DraftOutcome.Invalid(issues);
        }

        private void judgeAll() {
            lookUpConsent();
            try (DocumentWriter documents = new DocumentWriter(body, dialect)) {
                for (int i = 0; i < body.events().size(); i++) {
                    judge(i, body.events().get(i), documents);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("writing into memory failed", e);
            }
        }

        /// What is on record of the people of this request, asked for once.
        private void lookUpConsent() {
            List<Subject> subjects = new ArrayList<>(2);
            body.events().forEach(draft -> subjects.addAll(subjects(draft)));
            Map<Subject, ConsentRecord> records = subjects.isEmpty() ? Map.of() : consents.restricting(subjects);
            if (!records.isEmpty()) {
                body.events().forEach(draft -> draft.onRecord = ConsentLookup.strictest(records, subjects(draft)));
            }
        }

        private List<Subject> subjects(EventDraft draft) {
            return ConsentLookup.subjects(app.projectId(), draft.effectiveUserId(), draft.installId);
        }

        private CollectOutcome store() {
            if (events.isEmpty()) {
                return collected(0, 0);
            }
            AppendResult result = log.append(new EventBatch(receivedAt, events));
            // durable from here on: the answer may be given
            return collected(result.appended(), result.duplicates().cardinality());
        }

        private Collected collected(int accepted, int duplicates) {
            return new Collected(accepted, duplicates, List.copyOf(rejections), Collections.unmodifiableList(eventIds));
        }

        private void judge(int index, EventDraft draft, DocumentWriter documents) throws IOException {
            refuseForContents(index, draft);
            IsoTime.Reading time = draft.time;
            String name = draft.name;
            Rejection rejection = draft.rejection;
            if (rejection != null || time == null || name == null) {
                isAnyValid |= rejection != null && rejection.code().equals("CONSENT_DENIED");
                if (rejection != null) {
                    rejections.add(rejection);
                    issues.addAll(draft.issues(index));
                }
                eventIds.add(null);
                return;
            }
            isAnyValid = true;
            if (dialect == Dialect.SDK && !isProbe() && !app.remoteConfig().isCollected(name)) {
                rejections.add(new Rejection(
                        index, "VALIDATION", "event: switched off by this app's remote configuration, so not stored"));
                eventIds.add(null);
                return;
            }
            Event event = event(draft, name, time.time(), documents);
            events.add(event);
            eventIds.add(event.identity().eventId());
        }

        private void refuseForContents(int index, EventDraft draft) {
            if (draft.appId != null && !draft.appId.equals(app.appId())) {
                draft.reject(index, "VALIDATION", "app_id: expected the app of this batch, got another");
            }
            if (dialect == Dialect.SERVER && draft.time != null) {
                refuseForAge(index, draft, draft.time.time());
            }
            if (draft.effectiveConsent().and(draft.onRecord.consent()).isAnalyticsDenied()) {
                draft.reject(index, "CONSENT_DENIED", "consent.analytics: denied, so the event was not stored");
            }
        }

        private void refuseForAge(int index, EventDraft draft, Instant time) {
            if (time.isAfter(receivedAt.plus(Dialect.FUTURE_TOLERANCE))) {
                draft.reject(index, "VALIDATION", "occurredAt: expected at most 5 minutes ahead, got more");
            }
            if (time.isBefore(receivedAt.minus(Dialect.RETENTION))) {
                draft.reject(index, "VALIDATION", "occurredAt: expected at most 400 days back, got more");
            }
        }

        private Event event(EventDraft draft, String name, Instant stated, DocumentWriter documents)
                throws IOException {
            EventTime time = dialect == Dialect.SDK
                    ? EventTime.corrected(stated, body.sentAt(), receivedAt)
                    : new EventTime(stated, false);
            String eventId = draft.eventId != null ? draft.eventId : EventIds.next();
            SenderFacts sender = sender(draft);
            complete(draft, sender);
            byte[] document =
                    documents.write(draft, time, new MatchSettings(sha256, time.occurredAt(), app.defaultCountries()));
            return new Event(
                    new EventIdentity(app.projectId(), app.appId(), eventId, name),
                    time.occurredAt(),
                    dialect.source,
                    isProbe(),
                    sender,
                    draft.effectiveConsent(),
                    document,
                    origin(draft));
        }

        private SenderFacts sender(EventDraft draft) {
            return new SenderFacts(
                    draft.environment != null || request == null ? draft.environment : environment(request),
                    draft.platform != null ? draft.platform : platform(draft),
                    draft.effectiveUserId(),
                    draft.installId,
                    draft.sessionId);
        }

        private String environment(SdkRequest request) {
            String stated = request.environment();
            return stated == null || stated.isBlank() ? "production" : header(stated);
        }

        /// Of a server's event: the app's own when it tells of a device, else that of a server.
        private String platform(EventDraft draft) {
            boolean hasDevice = draft.context.containsKey(ContextField.OS_VERSION) || draft.hasNestedOsVersion;
            return dialect == Dialect.SDK || hasDevice ? app.platform().eventPlatform() : "node";
        }

        private String header(String text) {
            String safe = personal.mask(SafeText.of(text.strip()));
            return safe.length() <= MAX_FACT ? safe : SafeText.of(safe.substring(0, MAX_FACT));
        }

        /// What is known only now that the whole event is read.
        private void complete(EventDraft draft, SenderFacts sender) {
            String userId = draft.rawUserId != null ? draft.rawUserId : draft.rawOtherUserId;
            draft.match.add(Source.EVENT, FieldKind.USER_ID, userId);
            if (userId != null && EmailAddress.isOne(userId)) {
                draft.match.begin();
                draft.match.add(Source.EVENT, new FieldName(FieldKind.EMAIL, 15), "", userId);
            }
            if (draft.advertisingId != null) {
                draft.match.add(Source.PAGE_URL, advertisingKind(draft, sender), draft.advertisingId);
            }
            if (draft.onRecord.isTrackingDenied()) {
                draft.context.remove(ContextField.IDFA);
                draft.match.forget(FieldKind.IDFA);
            }
            if (request != null && request.sdkVersion() != null) {
                draft.sdkVersion = header(request.sdkVersion());
            }
            if (!isProbe()) {
                draft.testEventCode = Map.of();
            }
        }

        /// An Apple id taken for Google's would leave without the user's permission, so Apple's is the guess.
        private FieldKind advertisingKind(EventDraft draft, SenderFacts sender) {
            String system = draft.osName != null ? draft.osName : String.valueOf(sender.platform());
            boolean isUnsaid = draft.osName == null && !system.equals("ios") && !system.equals("android");
            boolean isAndroid = isUnsaid ? app.platform() == SdkPlatform.ANDROID : system.contains("android");
            return isAndroid ? FieldKind.GAID : FieldKind.IDFA;
        }

        private boolean isProbe() {
            return request != null && request.probe();
        }

        /// A property `ip` speaks of the person, the connection only of the sender.
        private RequestOrigin origin(EventDraft draft) {
            String ip = draft.cookieIp != null ? draft.cookieIp : draft.ip;
            if (request == null) {
                return ip == null && draft.userAgent == null
                        ? RequestOrigin.UNKNOWN
                        : new RequestOrigin(ip, draft.userAgent);
            }
            return ip == null
                    ? request.origin()
                    : new RequestOrigin(ip, request.origin().userAgent());
        }
    }
}
