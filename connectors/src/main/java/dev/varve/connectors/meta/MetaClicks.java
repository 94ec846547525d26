package dev.varve.connectors.meta;

import dev.varve.connectors.mapping.EventFacts;
import dev.varve.connectors.mapping.PageAddresses;
import dev.varve.connectors.mapping.Text;
import dev.varve.identity.KnownIds;
import dev.varve.identity.KnownIds.Seen;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Which click and which browser Meta is told.
///
/// The newest click counts: the one on the event, unless it is known to be older than a given `fbc`, else the newest
/// of a given `fbc` and of what earlier events brought. An existing `fbc` of that click is passed on as it is;
/// otherwise one is built with the time the click was first seen, so that it stays the same from event to event.
record MetaClicks(@Nullable String fbc, @Nullable String fbp) {
    private static final String FBC = "fbc";
    private static final String FBP = "fbp";
    private static final String FBCLID = "fbclid";

    static MetaClicks of(EventFacts facts, PageAddresses addresses) {
        return new MetaClicks(
                new Choice(facts).fbc(addresses), first(own(facts, FBP), known(facts, FBP), stored(facts, FBP)));
    }

    private static @Nullable String first(@Nullable String own, @Nullable Seen known, @Nullable String stored) {
        MetaCookie given = MetaCookie.parse(own);
        MetaCookie carried = given != null || known == null ? given : MetaCookie.parse(known.value());
        MetaCookie any = carried != null ? carried : MetaCookie.parse(stored);
        return any == null ? null : any.text();
    }

    private static @Nullable String own(EventFacts facts, String key) {
        return Text.verbatim(facts.match().get(key));
    }

    private static @Nullable String stored(EventFacts facts, String key) {
        return Text.verbatim(facts.candidate().known().profile().get(key));
    }

    /// Null when it was first seen after the event or too long before it.
    private static @Nullable Seen known(EventFacts facts, String key) {
        Seen seen = facts.candidate().known().ids().get(key);
        if (seen == null) {
            return null;
        }
        boolean alive = seen.firstAt().plus(KnownIds.LIFETIME).isAfter(facts.eventTime());
        boolean isEarlier = !seen.firstAt().isAfter(facts.eventTime());
        return alive && (isEarlier || key.equals(FBP)) ? seen : null;
    }

    /// The choice among the clicks of one event.
    private record Choice(EventFacts facts) {

        @Nullable
        String fbc(PageAddresses addresses) {
            String landed = own(facts, FBCLID);
            String click = landed != null ? landed : addresses.queryValue(FBCLID);
            MetaCookie given = given(click);
            MetaCookie carried = carried();
            MetaCookie clicked = click == null ? null : clicked(click, given, carried);
            MetaCookie chosen = clicked == null ? newest(given, carried) : chosen(clicked, given);
            return chosen == null ? stored() : chosen.text();
        }

        private @Nullable String stored() {
            MetaCookie cookie = MetaCookie.parse(MetaClicks.stored(facts, FBC));
            return cookie == null ? null : cookie.text();
        }

        /// What ingest built from the event's own click is not given: it carries the time of the event.
        private @Nullable MetaCookie given(@Nullable String click) {
            MetaCookie cookie = MetaCookie.parse(own(facts, FBC));
            boolean isBuilt = cookie != null
                    && cookie.payload().equals(click)
                    && cookie.createdAt().toEpochMilli()
                            == facts.event().occurredAt().toEpochMilli();
            return isBuilt ? null : cookie;
        }

        /// What earlier events brought: the newer of a cookie and a click.
        private @Nullable MetaCookie carried() {
            Seen cookie = known(facts, FBC);
            Seen click = known(facts, FBCLID);
            MetaCookie ofCookie = cookie == null ? null : MetaCookie.parse(cookie.value());
            MetaCookie ofClick = click == null ? null : MetaCookie.ofClick(click.value(), click.firstAt());
            return newest(ofCookie, ofClick);
        }

        private @Nullable MetaCookie clicked(String click, @Nullable MetaCookie given, @Nullable MetaCookie carried) {
            if (given != null && given.payload().equals(click)) {
                return given;
            }
            return carried != null && carried.payload().equals(click)
                    ? carried
                    : MetaCookie.ofClick(click, firstSeen(click));
        }

        /// A click that was seen before the given cookie was made is an old address opened again.
        private @Nullable MetaCookie chosen(MetaCookie clicked, @Nullable MetaCookie given) {
            boolean isOld = given != null
                    && isKnown(clicked.payload())
                    && given.createdAt().isAfter(clicked.createdAt());
            return isOld ? given : clicked;
        }

        private Instant firstSeen(String click) {
            Seen seen = known(facts, FBCLID);
            return seen != null && seen.value().equals(click) ? seen.firstAt() : facts.eventTime();
        }

        private boolean isKnown(String click) {
            Seen seen = known(facts, FBCLID);
            return seen != null && seen.value().equals(click);
        }

        /// Of two cookies of the same click the first one stays.
        private static @Nullable MetaCookie newest(@Nullable MetaCookie first, @Nullable MetaCookie second) {
            if (first == null || second == null) {
                return first == null ? second : first;
            }
            boolean isSame = first.payload().equals(second.payload());
            return isSame || !second.createdAt().isAfter(first.createdAt()) ? first : second;
        }
    }
}
