package dev.varve.server.ingest;

import dev.varve.server.config.Cidr;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds the client's address of a request. Forwarding headers count only when the peer is a trusted proxy, and are
/// read from the right: the first address that is not itself a trusted proxy is the client, whatever it wrote
/// further left.
public final class ClientAddress {
    private static final HeaderName FORWARDED = HeaderNames.create("Forwarded");

    private final List<Cidr> trusted;

    public ClientAddress(List<Cidr> trusted) {
        this.trusted = List.copyOf(trusted);
    }

    public @Nullable String of(SocketAddress peer, Headers headers) {
        if (!(peer instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return null;
        }
        byte[] address = inet.getAddress().getAddress();
        if (trusted.isEmpty() || !isTrusted(address)) {
            return text(address);
        }
        List<String> hops = hops(headers);
        for (int i = hops.size() - 1; i >= 0; i--) {
            Optional<byte[]> hop = Cidr.address(hops.get(i));
            if (hop.isEmpty()) {
                break;
            }
            address = hop.get();
            if (!isTrusted(address)) {
                break;
            }
        }
        return text(address);
    }

    private boolean isTrusted(byte[] address) {
        for (Cidr network : trusted) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> hops(Headers headers) {
        List<String> hops = new ArrayList<>();
        if (headers.contains(HeaderNames.X_FORWARDED_FOR)) {
            for (String line : headers.get(HeaderNames.X_FORWARDED_FOR).allValues()) {
                for (String hop : line.split(",")) {
                    hops.add(withoutPort(hop.strip()));
                }
            }
            return hops;
        }
        if (headers.contains(FORWARDED)) {
            for (String line : headers.get(FORWARDED).allValues()) {
                for (String element : line.split(",")) {
                    hops.add(forwardedFor(element));
                }
            }
        }
        return hops;
    }

    /// The `for=` of one element of RFC 7239; empty when it has none.
    private static String forwardedFor(String element) {
        for (String pair : element.split(";")) {
            String stripped = pair.strip();
            if (stripped.toLowerCase(Locale.ROOT).startsWith("for=")) {
                return withoutPort(stripped.substring(4).replace("\"", "").strip());
            }
        }
        return "";
    }

    private static String withoutPort(String hop) {
        if (hop.startsWith("[")) {
            int end = hop.indexOf(']');
            return end < 0 ? "" : hop.substring(1, end);
        }
        int colon = hop.indexOf(':');
        return colon > 0 && hop.indexOf(':', colon + 1) < 0 ? hop.substring(0, colon) : hop;
    }

    private static @Nullable String text(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
