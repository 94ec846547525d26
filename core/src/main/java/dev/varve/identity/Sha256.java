package dev.varve.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Hashes texts to lower-case hex SHA-256 of their UTF-8. Not thread-safe: make one per request, it is cheap.
public final class Sha256 {
    private static final HexFormat HEX = HexFormat.of();

    private final MessageDigest digest;

    public Sha256() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    public String hex(String text) {
        return HEX.formatHex(bytes(text));
    }

    public byte[] bytes(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    public byte[] bytes(byte[] data) {
        return digest.digest(data);
    }
}
