package dev.varve.tenant;

import java.util.Collection;
import java.util.List;

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

    public Scopes {
        granted = List.copyOf(granted);
    }

    public static Scopes of(String... names) {
        return new Scopes(List.of(names));
    }

    public static Scopes of(Collection<String> names) {
        return new Scopes(List.copyOf(names));
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
