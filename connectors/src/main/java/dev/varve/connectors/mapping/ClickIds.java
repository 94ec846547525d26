package dev.varve.connectors.mapping;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Click and browser ids; all of them are passed on byte for byte.
public record ClickIds(
        @Nullable String fbc,
        @Nullable String fbp,
        @Nullable String ttclid,
        @Nullable String ttp) {
    private static final Pattern BROWSER_ID =
            Pattern.compile("fb\\.[0-2]\\.\\d{13}\\.[^.\\s]++(\\.[A-Za-z0-9_-]{2,8})?");
    private static final int MAX_TTCLID = 1000;

    public static ClickIds of(EventFacts facts, PageAddresses addresses) {
        String ttclid = orQuery(Text.verbatim(facts.match().get("ttclid")), addresses, "ttclid");
        return new ClickIds(
                fbc(facts, addresses),
                valid(Text.verbatim(facts.match().get("fbp"))),
                ttclid == null || ttclid.length() > MAX_TTCLID ? null : ttclid,
                Text.verbatim(facts.match().get("ttp")));
    }

    /// A given `fbc` wins unless a different `fbclid` stands beside it; a value made here carries the event's time,
    /// which does not change between attempts.
    private static @Nullable String fbc(EventFacts facts, PageAddresses addresses) {
        String given = valid(Text.verbatim(facts.match().get("fbc")));
        String click = orQuery(Text.verbatim(facts.match().get("fbclid")), addresses, "fbclid");
        if (click == null || given != null && clickOf(given).equals(click)) {
            return given;
        }
        String built = valid("fb.1." + facts.eventTime().toEpochMilli() + "." + click);
        return built != null ? built : given;
    }

    private static String clickOf(String fbc) {
        String[] segments = fbc.split("\\.");
        return segments.length > 3 ? segments[3] : "";
    }

    private static @Nullable String orQuery(@Nullable String given, PageAddresses addresses, String parameter) {
        return given != null ? given : addresses.queryValue(parameter);
    }

    private static @Nullable String valid(@Nullable String id) {
        return id != null && BROWSER_ID.matcher(id).matches() ? id : null;
    }
}
