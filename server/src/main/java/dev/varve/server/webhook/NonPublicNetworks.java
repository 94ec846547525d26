package dev.varve.server.webhook;

import dev.varve.server.config.Cidr;
import java.util.List;
import java.util.stream.Stream;

/// Networks that are not the public internet: private, loopback, link-local, shared, reserved, for documentation,
/// multicast, those that carry an IPv4 address inside, and the metadata services of clouds.
final class NonPublicNetworks {
    private static final List<Cidr> ALL = Stream.of(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "168.63.129.16", // Azure's metadata, an address that is public otherwise
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/4",
                    "240.0.0.0/4",
                    "::/96",
                    "64:ff9b::/96",
                    "64:ff9b:1::/48",
                    "100::/64",
                    "2001::/23",
                    "2001:db8::/32",
                    "2002::/16",
                    "3fff::/20",
                    "5f00::/16",
                    "fc00::/7",
                    "fe80::/10",
                    "fec0::/10",
                    "ff00::/8")
            .map(Cidr::parse)
            .toList();

    private NonPublicNetworks() {}

    static boolean contain(byte[] address) {
        return ALL.stream().anyMatch(network -> network.contains(address));
    }
}
