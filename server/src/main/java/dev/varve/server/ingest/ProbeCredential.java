package dev.varve.server.ingest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/// The internal credential with which verify-tracking marks its own requests. Compared in constant time, never printed.
public final class ProbeCredential {
    /// The header that carries it.
    public static final String HEADER = "X-Varve-Probe";

    private final byte[] secret;

    public ProbeCredential(String secret) {
        if (secret.length() < 16) {
            throw new IllegalArgumentException("the probe credential is too short to guard anything");
        }
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
    }

    public boolean matches(@Nullable String sent) {
        return sent != null && MessageDigest.isEqual(secret, sent.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "***";
    }
}
