package dev.varve.click;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// The click relay is no open redirect.
class ClickTargetProperties {
    private static final String DOMAIN = "shop.example.com";

    private static ClickTarget target(String url) {
        return ClickTarget.of(url, DOMAIN, List.of());
    }

    /// Pieces from which tricks with addresses are made.
    @Provide
    Arbitrary<String> tricks() {
        return Arbitraries.of(
                        "https://",
                        "http://",
                        "HTTPS:",
                        "//",
                        "/",
                        "\\",
                        "@",
                        ":",
                        ":443",
                        ":8443",
                        "shop.example.com",
                        "apps.apple.com",
                        "evil.com",
                        ".evil.com",
                        "%2f",
                        "%40",
                        "%00",
                        "?",
                        "#",
                        "javascript:",
                        " ",
                        "\t",
                        "\r\n",
                        "\u3002",
                        "\uff0f",
                        "\u2044",
                        "[::1]",
                        "127.0.0.1",
                        ".",
                        "..",
                        ";",
                        "&url=",
                        "|",
                        "{campaign.name}",
                        "\"",
                        "<",
                        "[x]",
                        "^`",
                        "%",
                        "%zz",
                        "\ud800",
                        "\u00ad",
                        "\u200b",
                        "\u0085",
                        "xn--",
                        "a")
                .list()
                .ofMinSize(1)
                .ofMaxSize(9)
                .map(pieces -> String.join("", pieces));
    }

    @Property(tries = 5_000)
    void whateverIsLetThroughLeadsToAnAllowedHost(@ForAll("tricks") String tail) {
        for (String url : List.of(tail, "https://" + tail, "https://" + DOMAIN + tail)) {
            if (target(url) instanceof ClickTarget.Allowed(var location)) {
                URI uri = URI.create(location);
                assertThat(uri.getScheme()).isEqualTo("https");
                assertThat(uri.getRawAuthority()).isEqualTo(uri.getHost());
                assertThat(uri.getHost())
                        .matches("([a-z0-9.-]+\\.)?shop\\.example\\.com|apps\\.apple\\.com|play\\.google\\.com");
                assertThat(location).matches("[\\x21-\\x7e]+").doesNotContain("\\");
                assertThat(browsersHost(location)).isEqualTo(uri.getHost());
            }
        }
    }

    /// As the URL standard of browsers has it: spaces around are cut, tabs and line ends vanish, a backslash
    /// is a slash, any number of them begin the authority, user info ends at its last `@`.
    private static String browsersHost(String location) {
        String text = location.strip().replaceAll("[\\t\\n\\r]", "").replace('\\', '/');
        assertThat(text.toLowerCase(Locale.ROOT)).startsWith("https:");
        String rest = text.substring("https:".length()).replaceFirst("^/*", "");
        String authority = rest.split("[/?#]", 2)[0];
        String host = authority.substring(authority.lastIndexOf('@') + 1).replaceFirst(":[0-9]*$", "");
        return URLDecoder.decode(host, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
    }

    @Example
    void whatStandsBehindTheHostIsEncodedRatherThanRefused() {
        assertThat(target("https://" + DOMAIN + "/a b/{x}?c={{campaign.name}}|\"x\"&n=[1] 100%&e=%7Bz#t^<`>[ü]?"))
                .isEqualTo(new ClickTarget.Allowed("https://" + DOMAIN
                        + "/a%20b/%7Bx%7D?c=%7B%7Bcampaign.name%7D%7D%7C%22x%22&n=%5B1%5D%20100%25&e=%7Bz"
                        + "#t%5E%3C%60%3E%5B%C3%BC%5D?"));
        for (String url : List.of(
                "https://{shop}." + DOMAIN + "/",
                "https://" + DOMAIN + "|/",
                "https://a b." + DOMAIN + "/",
                "https://[" + DOMAIN + "]/",
                "https://" + DOMAIN + "/\\evil.com",
                "https://" + DOMAIN + "/\t",
                "https://" + DOMAIN + "/?\u0000",
                "https://" + DOMAIN + "/#\r\nLocation: x",
                " https://" + DOMAIN + "/")) {
            assertThat(target(url)).as(url).isInstanceOf(ClickTarget.Refused.class);
        }
    }

    @Property
    void noTextMakesItFail(@ForAll String url, @ForAll String name, @ForAll String value) {
        assertThat(target(url)).isNotNull();
        ClickTarget passed = ClickTarget.of("https://" + DOMAIN, DOMAIN, List.of(new Parameter(name, value)));
        assertThat(passed).isInstanceOfSatisfying(ClickTarget.Allowed.class, allowed -> assertThat(allowed.location())
                .matches("https://shop\\.example\\.com/\\?[\\x21-\\x7e]+"));
    }

    @Example
    void hostsAtAndBelowTheDomainAndTheStoresAreAllowed() {
        for (String url : List.of(
                "https://shop.example.com",
                "HTTPS://SHOP.example.com/a",
                "https://m.shop.example.com:443/a?b=c#d",
                "https://apps.apple.com/app/id1",
                "https://play.google.com/store/apps/details?id=x")) {
            assertThat(target(url)).as(url).isInstanceOf(ClickTarget.Allowed.class);
        }
    }

    @Example
    void othersAreRefused() {
        for (String url : List.of(
                "http://shop.example.com/",
                "https://example.com/",
                "https://evilshop.example.com.evil.com/",
                "https://evilshop-example.com/",
                "https://notshop.example.com.",
                "https://xshop.example.com/",
                "https://shop.example.com@evil.com/",
                "https://user@shop.example.com/",
                "https://shop.example.com:8443/",
                "https://shop.example.com\\@evil.com/",
                "https:\\\\shop.example.com/",
                "https:///shop.example.com/",
                "//shop.example.com/",
                "https:shop.example.com",
                "https://\u015fhop.example.com/",
                "https://evil.com/?https://shop.example.com",
                "javascript:alert(1)",
                "")) {
            assertThat(target(url)).as(url).isInstanceOf(ClickTarget.Refused.class);
        }
        assertThat(ClickTarget.of("https://shop.example.com/", null, List.of()))
                .isInstanceOf(ClickTarget.Refused.class);
    }

    @Example
    void parametersArePassedUnlessTheTargetHasThem() {
        List<Parameter> passed = Parameter.parse("fbclid=A%26b&utm_source=x+y&id=2&&=&bad=%zz");
        assertThat(ClickTarget.of("https://shop.example.com/p?id=1#top", DOMAIN, passed))
                .isEqualTo(
                        new ClickTarget.Allowed("https://shop.example.com/p?id=1&fbclid=A%26b&utm_source=x%20y#top"));
    }
}
