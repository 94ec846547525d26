package dev.varve.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A network such as `10.0.0.0/8` or `fd00::/8`; an address without prefix length is a network of one. No host
/// names, so reading one never asks a name server.
public record Cidr(List<Byte> network, int prefixLength) {
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    public Cidr {
        network = List.copyOf(network);
        if (prefixLength < 0 || prefixLength > network.size() * 8) {
            throw new SettingsException("a prefix length of " + prefixLength + " is out of range");
        }
    }

    /// @throws SettingsException when `text` is no network
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = address(slash < 0 ? text : text.substring(0, slash))
                .orElseThrow(() -> new SettingsException("'" + text + "' is not a network such as 10.0.0.0/8"));
        int length = slash < 0 ? address.length * 8 : length(text, text.substring(slash + 1));
        return new Cidr(boxed(address), length);
    }

    /// The bytes of an address literal; IPv4 in IPv6 is unwrapped. Empty for anything else, host names included.
    public static Optional<byte[]> address(String literal) {
        if (!LITERAL.matcher(literal).matches() || (literal.indexOf(':') < 0 && literal.split("\\.", -1).length != 4)) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(literal).getAddress());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    public boolean contains(byte[] address) {
        if (address.length != network.size()) {
            return false;
        }
        int whole = prefixLength / 8;
        for (int i = 0; i < whole; i++) {
            if (address[i] != network.get(i)) {
                return false;
            }
        }
        int rest = prefixLength % 8;
        return rest == 0 || sameTop(address[whole], rest, whole);
    }

    private boolean sameTop(byte octet, int bits, int index) {
        int mask = 0xff << (8 - bits) & 0xff;
        return ((octet ^ network.get(index)) & mask) == 0;
    }

    @Override
    public String toString() {
        byte[] bytes = new byte[network.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = network.get(i);
        }
        try {
            return InetAddress.getByAddress(bytes).getHostAddress() + "/" + prefixLength;
        } catch (UnknownHostException e) {
            return Arrays.toString(bytes) + "/" + prefixLength;
        }
    }

    private static int length(String text, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new SettingsException("'" + text + "' is not a network such as 10.0.0.0/8");
        }
    }

    private static List<Byte> boxed(byte[] bytes) {
        Byte[] boxed = new Byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            boxed[i] = bytes[i];
        }
        return List.of(boxed);
    }
}
