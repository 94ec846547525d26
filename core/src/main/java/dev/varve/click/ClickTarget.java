package dev.varve.click;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decides where the click relay may send somebody. Pure.
///
/// Only https addresses at the app's own domain, below it, or in one of the two stores are let through. The address is
/// taken apart by the strict rules of RFC 3986 and put together anew, so that no browser can read it otherwise: no user
/// info, no port but 443, no backslash or control character, no host but plain letters, digits, hyphens and dots.
/// Behind the host, what RFC 3986 does not allow is encoded: macros and names of campaigns are full of it.
public sealed interface ClickTarget {
    /// `location`: ASCII, for the header.
    record Allowed(String location) implements ClickTarget {}

    record Refused(String why) implements ClickTarget {}

    int MAX_LENGTH = 8_192;

    Set<String> STORES = Set.of("apps.apple.com", "play.google.com");

    /// `url`: decoded. `passed`: the other parameters of the query, appended unless the target has one of the name.
    static ClickTarget of(String url, @Nullable String webDomain, List<Parameter> passed) {
        if (url.length() > MAX_LENGTH) {
            return new Refused("expected at most " + MAX_LENGTH + " characters, got more");
        }
        URI uri;
        try {
            uri = new URI(TargetText.encoded(url));
        } catch (URISyntaxException e) {
            return new Refused("expected an absolute https address, got something else");
        }
        String host = host(uri);
        if (host == null) {
            return new Refused("expected an https address of a plain host, without user info and port");
        }
        if (!STORES.contains(host) && !isAtOrBelow(host, webDomain)) {
            return new Refused("expected a host at or below the app's webDomain, apps.apple.com or play.google.com");
        }
        return new Allowed("https://" + host + rest(uri, passed));
    }

    private static @Nullable String host(URI uri) {
        String host = uri.getHost();
        String authority = uri.getRawAuthority();
        if (!"https".equalsIgnoreCase(uri.getScheme()) || host == null || authority == null) {
            return null;
        }
        boolean isPlain = authority.equals(host) || authority.equals(host + ":443");
        return isPlain && host.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
                ? host.toLowerCase(Locale.ROOT)
                : null;
    }

    private static boolean isAtOrBelow(String host, @Nullable String webDomain) {
        if (webDomain == null || webDomain.isEmpty()) {
            return false;
        }
        String domain = webDomain.toLowerCase(Locale.ROOT);
        return host.equals(domain) || host.endsWith("." + domain);
    }

    private static String rest(URI uri, List<Parameter> passed) {
        String path = uri.getRawPath();
        StringBuilder rest = new StringBuilder(path.isEmpty() ? "/" : path);
        String query = uri.getRawQuery();
        Set<String> present = new HashSet<>();
        Parameter.parse(query).forEach(parameter -> present.add(parameter.name()));
        char separator = '?';
        if (query != null) {
            rest.append('?').append(query);
            separator = '&';
        }
        for (Parameter parameter : passed) {
            if (!present.contains(parameter.name())) {
                rest.append(separator).append(parameter.encoded());
                separator = '&';
            }
        }
        String fragment = uri.getRawFragment();
        return fragment == null
                ? rest.toString()
                : rest.append('#').append(fragment).toString();
    }
}
