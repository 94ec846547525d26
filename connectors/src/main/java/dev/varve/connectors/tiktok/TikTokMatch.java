package dev.varve.connectors.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.mapping.EventFacts;
import dev.varve.connectors.mapping.Hashes;
import dev.varve.connectors.mapping.PageAddresses;
import dev.varve.connectors.mapping.Text;
import dev.varve.identity.KnownIds;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where matching fields come from: the event itself, then what is stored of the person or the install.
record TikTokMatch(JsonNode own, KnownIds known) {
    private static final int MAX_TTCLID = 1000;

    static TikTokMatch of(EventFacts facts) {
        return new TikTokMatch(facts.match(), facts.candidate().known());
    }

    /// TikTok's own form where it differs, else the shared one.
    List<String> hashes(String tiktok, String shared) {
        List<String> given = hashes(own, tiktok, shared);
        return given.isEmpty() && !known.profile().isEmpty() ? hashes(known.profile(), tiktok, shared) : given;
    }

    private static List<String> hashes(JsonNode match, String tiktok, String shared) {
        JsonNode form = match.get(tiktok);
        return Hashes.bare(form != null ? form : match.get(shared));
    }

    @Nullable
    String text(String key) {
        String given = Text.shown(own.get(key));
        return given != null ? given : Text.shown(known.profile().get(key));
    }

    /// The newest click: the event's own, that of the address it happened at, else an earlier one. Never cut.
    @Nullable
    String ttclid(PageAddresses addresses) {
        String given = Text.verbatim(own.get("ttclid"));
        String clicked = given != null ? given : landed(addresses);
        return clicked != null && clicked.length() <= MAX_TTCLID ? clicked : remembered("ttclid");
    }

    @Nullable
    String ttp() {
        String given = Text.verbatim(own.get("ttp"));
        return given != null ? given : remembered("ttp");
    }

    private static @Nullable String landed(PageAddresses addresses) {
        String ofPage = addresses.queryValue("ttclid");
        return ofPage != null || addresses.deepLink() == null
                ? ofPage
                : new PageAddresses(addresses.deepLink(), null, null, null).queryValue("ttclid");
    }

    private @Nullable String remembered(String id) {
        KnownIds.Seen seen = known.ids().get(id);
        return seen == null || seen.value().length() > MAX_TTCLID ? null : seen.value();
    }
}
