package dev.varve.collect;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Meta's cookie `_fbi`: the IPv6 address a browser has, which a connection over IPv4 does not show.
final class Ipv6Cookie {
    private static final int LONGEST = 45;

    private Ipv6Cookie() {}

    /// A public IPv6 address, else null. Never looks a name up.
    static @Nullable String address(String cookie) {
        String text = cookie.strip();
        int appendix = text.indexOf('.');
        String literal = appendix < 0 ? text : text.substring(0, appendix);
        if (literal.indexOf(':') < 0 || literal.length() > LONGEST || !isHex(literal)) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(literal) instanceof Inet6Address address && isPublic(address) ? literal : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isHex(String text) {
        return text.chars().allMatch(c -> c == ':' || c < 128 && Character.digit(c, 16) >= 0);
    }

    private static boolean isPublic(Inet6Address address) {
        boolean isUniqueLocal = (address.getAddress()[0] & 0xFE) == 0xFC;
        return !isUniqueLocal
                && !address.isAnyLocalAddress()
                && !address.isLoopbackAddress()
                && !address.isLinkLocalAddress()
                && !address.isSiteLocalAddress()
                && !address.isMulticastAddress();
    }
}
