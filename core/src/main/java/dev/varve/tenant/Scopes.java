package dev.varve.tenant;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a key may do: granted scope names, and the rules by which one name covers another.
///
/// `*` covers everything but `org:admin`; `ads:write` covers every `ads:write:…` but `ads:write:override`;
/// `events:read+pii` covers `events:read`.
public record Scopes(List<String> granted) {
    public static final String ALL = "*";
    public static final String ORG_ADMIN = "org:admin";
    public static final String PROJECTS_READ = "projects:read";
    public static final String PROJECTS_WRITE = "projects:write";
    public static final String SDK_WRITE = "sdk:write";
    public static final String EVENTS_READ = "events:read";
    public static final String EVENTS_READ_PII = "events:read+pii";
    public static final String EVENTS_WRITE = "events:write";
    public static final String ADS_READ = "ads:read";
    public static final String ADS_WRITE = "ads:write";
    public static final String ADS_WRITE_CAPI = "ads:write:capi";
    private static final String ADS_WRITE_OVERRIDE = "ads:write:override";
    private static final Set<String> KNOWN = Set.of(
            ALL,
            ORG_ADMIN,
            PROJECTS_READ,
            PROJECTS_WRITE,
            SDK_WRITE,
            EVENTS_READ,
            EVENTS_READ_PII,
            EVENTS_WRITE,
            ADS_READ,
            ADS_WRITE,
            ADS_WRITE_CAPI,
            "metrics:read",
            "ads:write:connect",
            "ads:write:campaigns",
            "ads:write:budgets",
            "ads:write:creative",
            "ads:write:lifecycle",
            "ads:write:policy",
            "ads:write:optimizer_trigger",
            "ads:write:pending",
            ADS_WRITE_OVERRIDE,
            "content:read",
            "content:write");

    public Scopes {
        granted = List.copyOf(granted);
    }

    public static Scopes of(String... names) {
        return new Scopes(List.of(names));
    }

    public static Scopes of(Collection<String> names) {
        return new Scopes(List.copyOf(names));
    }

    public static boolean isKnown(String name) {
        return KNOWN.contains(name);
    }

    /// The first of these that a key with this grant must not hand on: what it does not hold, and `org:admin` always.
    public Optional<String> undelegable(Scopes wanted) {
        return wanted.granted.stream()
                .filter(name -> name.equals(ORG_ADMIN) || !allows(name))
                .findFirst();
    }

    public boolean allows(String required) {
        if (granted.contains(required)) {
            return true;
        }
        if (required.equals(ORG_ADMIN)) {
            return false;
        }
        return granted.contains(ALL) || isCovered(required);
    }

    private boolean isCovered(String required) {
        if (required.equals(EVENTS_READ)) {
            return granted.contains(EVENTS_READ_PII);
        }
        return required.startsWith(ADS_WRITE + ":")
                && !required.equals(ADS_WRITE_OVERRIDE)
                && granted.contains(ADS_WRITE);
    }
}
