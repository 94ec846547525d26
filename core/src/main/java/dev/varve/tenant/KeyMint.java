package dev.varve.tenant;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/// Makes and reads credentials: Partner API keys `lp_<env>_<keyid>_<secret>` and app keys `ak_<secret>`, both with 256
/// random bits. Thread-safe.
public final class KeyMint {
    private static final char[] CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
    private static final int KEY_ID_LENGTH = 16;

    private final SecureRandom random;

    public KeyMint() {
        this(new SecureRandom());
    }

    KeyMint(SecureRandom random) {
        this.random = random;
    }

    /// What a key is for.
    public record Grant(UUID organizationId, Mode env, String name, Scopes scopes, RateLimitTier tier) {}

    /// A fresh key with its whole secret, which exists only here: show it once. Never prints it.
    public record MintedKey(ApiKey key, byte[] secretSha256, String secret) {
        @Override
        public String toString() {
            return "MintedKey[" + key.keyId() + "]";
        }
    }

    /// A fresh app key, shown once.
    public record MintedAppKey(String secret, byte[] sha256) {
        @Override
        public String toString() {
            return "MintedAppKey[***]";
        }
    }

    /// A key as a caller presents it, split but not yet believed.
    public record PresentedKey(Mode env, String keyId, String secret) {
        /// Empty when the text has not the form of a key at all. Splits at the first three underscores only.
        public static Optional<PresentedKey> parse(String text) {
            String[] parts = text.split("_", 4);
            if (parts.length != 4
                    || !parts[0].equals("lp")
                    || parts[2].length() != KEY_ID_LENGTH
                    || parts[3].isEmpty()) {
                return Optional.empty();
            }
            return Mode.parse(parts[1]).map(env -> new PresentedKey(env, parts[2], parts[3]));
        }

        @Override
        public String toString() {
            return "PresentedKey[" + keyId + "]";
        }
    }

    public MintedKey mint(Grant grant, Instant now) {
        String keyId = crockford();
        String secret = randomSecret();
        ApiKey key = new ApiKey(
                UUID.randomUUID(),
                grant.organizationId(),
                keyId,
                grant.name(),
                grant.env(),
                grant.scopes(),
                grant.tier(),
                now);
        return new MintedKey(key, sha256(secret), "lp_" + grant.env().wireName() + "_" + keyId + "_" + secret);
    }

    public MintedAppKey mintAppKey() {
        String secret = "ak_" + randomSecret();
        return new MintedAppKey(secret, sha256(secret));
    }

    /// `whsec_` and 256 random bits: what webhooks are signed with.
    public String signingSecret() {
        return "whsec_" + randomSecret();
    }

    /// `app_` and 24 lower-case hex digits.
    public String appId() {
        byte[] bytes = new byte[12];
        random.nextBytes(bytes);
        return "app_" + HexFormat.of().formatHex(bytes);
    }

    public static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private String randomSecret() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private String crockford() {
        char[] text = new char[KEY_ID_LENGTH];
        for (int i = 0; i < text.length; i++) {
            text[i] = CROCKFORD[random.nextInt(CROCKFORD.length)];
        }
        return new String(text);
    }
}
