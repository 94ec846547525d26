package dev.varve.connectors.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.mapping.Properties.Names;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Where an event happened on the web: http or https addresses with personal data in their queries masked. Null:
/// unknown.
public record PageAddresses(
        @Nullable String page,
        @Nullable String referrer,
        @Nullable String deepLink,
        @Nullable String home) {
    private static final Names PAGE = Names.of("$page_url", "page_url");
    private static final Names REFERRER = Names.of("referrer");
    private static final Names DEEP_LINK = Names.of("deep_link_url", "url");

    public static PageAddresses of(EventFacts facts) {
        JsonNode context = facts.context();
        JsonNode page = context.path("page");
        String domain = facts.app().store().webDomain();
        return new PageAddresses(
                firstWeb(facts.properties().text(PAGE), Text.of(page.get("url")), Text.of(context.get("url"))),
                firstWeb(
                        facts.properties().text(REFERRER),
                        Text.of(page.get("referrer")),
                        Text.of(context.get("referrer"))),
                firstWeb(facts.properties().text(DEEP_LINK)),
                domain == null || domain.isBlank() ? null : "https://" + domain.strip() + "/");
    }

    /// Value of a query parameter of the page's or the referrer's address, decoded once.
    public @Nullable String queryValue(String name) {
        String ofPage = queryValue(page, name);
        return ofPage != null ? ofPage : queryValue(referrer, name);
    }

    private static @Nullable String firstWeb(@Nullable String... candidates) {
        for (String candidate : candidates) {
            if (candidate != null && isWeb(candidate)) {
                return PersonalData.masked(candidate);
            }
        }
        return null;
    }

    private static boolean isWeb(String address) {
        return address.regionMatches(true, 0, "https://", 0, 8) && address.length() > 8
                || address.regionMatches(true, 0, "http://", 0, 7) && address.length() > 7;
    }

    private static @Nullable String queryValue(@Nullable String address, String name) {
        int start = address == null ? -1 : address.indexOf('?');
        if (address == null || start < 0) {
            return null;
        }
        int end = address.indexOf('#', start);
        for (String pair :
                address.substring(start + 1, end < 0 ? address.length() : end).split("&")) {
            if (pair.startsWith(name + "=") && pair.length() > name.length() + 1) {
                return decoded(pair.substring(name.length() + 1));
            }
        }
        return null;
    }

    private static @Nullable String decoded(String value) {
        if (value.indexOf('%') < 0) {
            return value;
        }
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
