package dev.varve.connectors.mapping;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Client addresses that mean something to a platform. Private, loopback, link-local, carrier-grade NAT, unique-local
/// and multicast addresses do not. Never looks a name up.
public final class PublicAddress {
    private static final int MAX_LENGTH = 45;

    private PublicAddress() {}

    /// The literal itself when it is one of a public IPv4 or IPv6 address.
    public static @Nullable String of(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String literal = text.strip();
        if (literal.isEmpty() || literal.length() > MAX_LENGTH || !isLiteral(literal)) {
            return null;
        }
        try {
            return isPublic(InetAddress.ofLiteral(literal)) ? literal : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isLiteral(String text) {
        return text.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128 || c == ':' || c == '.');
    }

    private static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean sharedNat = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xC0) == 64;
        boolean uniqueLocal = address instanceof Inet6Address && (bytes[0] & 0xFE) == 0xFC;
        return !sharedNat
                && !uniqueLocal
                && !address.isSiteLocalAddress()
                && !address.isLoopbackAddress()
                && !address.isLinkLocalAddress()
                && !address.isMulticastAddress();
    }
}
