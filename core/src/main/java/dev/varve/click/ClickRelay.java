package dev.varve.click;

import dev.varve.click.Clicks.Click;
import dev.varve.collect.EventAllowance;
import dev.varve.collect.StoredId;
import dev.varve.event.RequestOrigin;
import dev.varve.identity.ConsentLookup;
import dev.varve.identity.KnownIds.Seen;
import dev.varve.identity.PersonalText;
import dev.varve.identity.Profiles;
import dev.varve.identity.Profiles.Subject;
import dev.varve.identity.Sha256;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.IngestApps;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends people on to a page of the app or to its store, and remembers what their click tells. Thread-safe.
///
/// A person is not kept waiting for a record: one that cannot be stored is logged and lost, as is one beyond the app's
/// allowance.
public final class ClickRelay {
    private static final Logger LOG = LoggerFactory.getLogger(ClickRelay.class);
    private static final Set<String> CLICK_IDS = Set.of(
            "gclid",
            "gbraid",
            "wbraid",
            "fbclid",
            "ttclid",
            "twclid",
            "msclkid",
            "li_fat_id",
            "sclid",
            "irclickid",
            "rclid");
    /// Those that are carried to later events of the same person.
    private static final Set<String> CARRIED = Set.of("fbclid", "ttclid");
    private static final Set<String> UTM =
            Set.of("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term");
    private static final int MAX_VALUE = 1_000;

    private final IngestApps apps;
    private final EventAllowance allowance;
    private final Clicks clicks;
    private final Profiles profiles;
    private final InstantSource clock;

    public ClickRelay(
            IngestApps apps, EventAllowance allowance, Clicks clicks, Profiles profiles, InstantSource clock) {
        this.apps = apps;
        this.allowance = allowance;
        this.clicks = clicks;
        this.profiles = profiles;
        this.clock = clock;
    }

    /// Where the click goes; empty when the app is not known. `query`: raw.
    public Optional<ClickTarget> follow(String appId, @Nullable String query, RequestOrigin origin) {
        return apps.find(appId).map(app -> follow(app, Parameter.parse(query), origin));
    }

    private ClickTarget follow(IngestApp app, List<Parameter> parameters, RequestOrigin origin) {
        String url = first(parameters, "url");
        if (url == null || url.isEmpty()) {
            return new ClickTarget.Refused("expected an https address, got nothing");
        }
        List<Parameter> passed =
                parameters.stream().filter(p -> !p.name().equals("url")).toList();
        ClickTarget target = ClickTarget.of(url, app.store().webDomain(), passed);
        if (target instanceof ClickTarget.Allowed(var location)
                && allowance.take(app.appId(), 1).isEmpty()) {
            remember(app, told(location, passed), origin);
        }
        return target;
    }

    /// The parameters of the target count as well: links often carry their ids there.
    private static List<Parameter> told(String location, List<Parameter> passed) {
        int question = location.indexOf('?');
        List<Parameter> told = Parameter.parse(
                question < 0 ? null : location.substring(question + 1).replaceFirst("#.*", ""));
        told.addAll(passed);
        return told;
    }

    private void remember(IngestApp app, List<Parameter> told, RequestOrigin origin) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Map<String, String> clickIds = new HashMap<>();
        Map<String, String> utm = new HashMap<>();
        PersonalText personal = new PersonalText(new Sha256(), null);
        for (Parameter parameter : told) {
            String value = parameter.value();
            if (value.isEmpty()
                    || value.length() > MAX_VALUE
                    || !personal.mask(value).equals(value)) {
                continue;
            }
            if (CLICK_IDS.contains(parameter.name())) {
                clickIds.putIfAbsent(parameter.name(), value);
            } else if (UTM.contains(parameter.name())) {
                utm.putIfAbsent(parameter.name().substring("utm_".length()), value);
            }
        }
        try {
            clicks.record(new Click(now, app.projectId(), app.appId(), clickIds, utm, origin));
            carry(subjects(app, told), clickIds, now);
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("appId", app.appId())
                    .addKeyValue("error", e.toString())
                    .log("click.not_recorded");
        }
    }

    private void carry(List<Subject> subjects, Map<String, String> clickIds, Instant now) {
        Map<String, Seen> seen = new HashMap<>();
        clickIds.forEach((name, value) -> {
            if (CARRIED.contains(name)) {
                seen.put(name, new Seen(value, now));
            }
        });
        if (!seen.isEmpty() && !subjects.isEmpty()) {
            Map<Subject, Map<String, Seen>> news = new HashMap<>();
            subjects.forEach(subject -> news.put(subject, seen));
            profiles.remember(news);
        }
    }

    /// Whom the link names, when it does.
    private static List<Subject> subjects(IngestApp app, List<Parameter> told) {
        return ConsentLookup.subjects(
                app.projectId(), stored(first(told, "app_user_id")), stored(first(told, "install_id")));
    }

    private static @Nullable String stored(@Nullable String id) {
        return id == null || id.isEmpty() ? null : StoredId.of(PersonalText.storedId(id), new Sha256());
    }

    private static @Nullable String first(List<Parameter> parameters, String name) {
        return parameters.stream()
                .filter(parameter -> parameter.name().equals(name))
                .map(Parameter::value)
                .findFirst()
                .orElse(null);
    }
}
