package dev.varve.server.webhook;

import dev.varve.server.config.Cidr;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Which URLs webhooks may be sent to: https to public addresses; in the operator's `allowed` networks any address, and
/// plain http too. Thread-safe.
///
/// A name that is not known yet is admitted over https: addresses change, so whoever sends asks `admits` about each
/// address again.
public final class WebhookTargets {
    private static final int MAX_LENGTH = 2048;

    private final List<Cidr> allowed;
    private final Names names;

    public WebhookTargets(List<Cidr> allowed, Names names) {
        this.allowed = List.copyOf(allowed);
        this.names = names;
    }

    /// What is wrong with `text` as a receiver's URL; empty when nothing is.
    public Optional<String> problem(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.of("at most " + MAX_LENGTH + " characters");
        }
        Optional<URI> url = url(text);
        if (url.isEmpty()) {
            return Optional.of("must be an absolute https URL with a host, without user and fragment");
        }
        List<InetAddress> addresses = names.addresses(bare(url.get().getHost()));
        if (!addresses.stream().allMatch(this::admits)) {
            return Optional.of("must not lead to a private, loopback, link-local or metadata address");
        }
        boolean isAllowed = !addresses.isEmpty() && addresses.stream().allMatch(this::isAllowed);
        return isSecure(url.get()) || isAllowed ? Optional.empty() : Optional.of("must be an https URL");
    }

    /// True for public addresses and those the operator allows.
    public boolean admits(InetAddress address) {
        return isAllowed(address) || !NonPublicNetworks.contain(address.getAddress());
    }

    private boolean isAllowed(InetAddress address) {
        return allowed.stream().anyMatch(network -> network.contains(address.getAddress()));
    }

    private static boolean isSecure(URI url) {
        return url.getScheme().toLowerCase(Locale.ROOT).equals("https");
    }

    private static Optional<URI> url(String text) {
        try {
            URI url = new URI(text);
            boolean isHttp = url.getScheme() != null
                    && url.getScheme().toLowerCase(Locale.ROOT).matches("https?");
            boolean isPlain = url.getHost() != null && url.getUserInfo() == null && url.getFragment() == null;
            boolean hasPort = url.getPort() == -1 || (url.getPort() > 0 && url.getPort() < 65_536);
            return isHttp && isPlain && hasPort ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
