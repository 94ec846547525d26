package dev.varve.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.config.Cidr;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookTargetsTest {
    private static final Map<String, List<String>> KNOWN = Map.of(
            "public.example", List.of("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"),
            "mixed.example", List.of("93.184.216.34", "10.0.0.7"),
            "metadata.example", List.of("169.254.169.254"),
            "inside.example", List.of("10.9.0.1"),
            "localhost", List.of("127.0.0.1", "::1"));

    private final WebhookTargets targets = targets();

    private static WebhookTargets targets(String... allowed) {
        return new WebhookTargets(
                List.of(allowed).stream().map(Cidr::parse).toList(),
                host -> KNOWN.getOrDefault(host, host.matches("[0-9.]+|.*:.*") ? List.of(host) : List.of()).stream()
                        .map(InetAddress::ofLiteral)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://public.example/hook?x=1",
                "https://public.example:8443/",
                "https://not-known-yet.example",
                "https://93.184.216.34/",
                "https://[2606:2800:220:1:248:1893:25c8:1946]/"
            })
    void httpsToAPublicAddressIsAdmitted(String url) {
        assertThat(targets.problem(url)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://mixed.example/",
                "https://metadata.example/",
                "https://inside.example/",
                "https://localhost/",
                "https://127.0.0.1/",
                "https://10.1.2.3/",
                "https://172.31.0.1/",
                "https://192.168.1.1/",
                "https://169.254.169.254/latest/meta-data",
                "https://100.100.100.200/",
                "https://0.0.0.0/",
                "https://255.255.255.255/",
                "https://[::1]/",
                "https://[::]/",
                "https://[::ffff:10.0.0.1]/",
                "https://[64:ff9b::a00:1]/",
                "https://[2002:a00:1::]/",
                "https://[fe80::1]/",
                "https://[fd00:ec2::254]/"
            })
    void addressesThatAreNotPublicAreRefused(String url) {
        assertThat(targets.problem(url)).hasValueSatisfying(problem -> assertThat(problem)
                .contains("private, loopback, link-local or metadata"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://public.example/",
                "http://not-known-yet.example/",
                "ftp://public.example/",
                "https:///nothing",
                "https://user@public.example/",
                "https://public.example/#part",
                "https://public.example:0/",
                "/hook",
                "https://a b.example/",
                ""
            })
    void whatIsNoPlainHttpsUrlIsRefused(String url) {
        assertThat(targets.problem(url)).isPresent();
    }

    @Test
    void theOperatorsNetworksAreAdmittedPlainHttpIncluded() {
        WebhookTargets opened = targets("10.9.0.0/16", "127.0.0.0/8", "::1");
        assertThat(opened.problem("http://inside.example:9000/hook")).isEmpty();
        assertThat(opened.problem("http://localhost:9000/hook")).isEmpty();
        assertThat(opened.problem("https://127.0.0.1/")).isEmpty();
        assertThat(opened.problem("http://mixed.example/")).isPresent();
        assertThat(opened.problem("http://public.example/")).isPresent();
    }

    @Test
    void anUrlHasAtMost2048Characters() {
        String url = "https://public.example/" + "x".repeat(2048 - 23);
        assertThat(targets.problem(url)).isEmpty();
        assertThat(targets.problem(url + "x")).isPresent();
    }

    @Property
    void anyTextGetsAVerdict(@ForAll String text) {
        assertThat(targets().problem(text)).isNotNull();
    }

    @Property
    void noPrivateIpv4LiteralPasses(@ForAll byte a, @ForAll byte b, @ForAll byte c) {
        for (int first : new int[] {10, 127, 0, 224, 255}) {
            String host = first + "." + (a & 255) + "." + (b & 255) + "." + (c & 255);
            assertThat(targets().problem("https://" + host + "/")).isPresent();
        }
    }

    @Test
    void theSystemsNameServiceAnswersLiteralsAsThemselvesAndNothingForUnknownNames() {
        assertThat(new SystemNames().addresses("127.0.0.1")).containsExactly(InetAddress.ofLiteral("127.0.0.1"));
        assertThat(new SystemNames().addresses("no-such-host.invalid")).isEmpty();
        assertThat(new WebhookTargets(List.of(), new SystemNames()).problem("https://2130706433/"))
                .isPresent();
    }
}
