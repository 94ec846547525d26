package dev.varve.connectors.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Lists of SHA-256 digests as ingest left them, checked once more before they leave: 64 lower-case hex digits, no hash
/// of an empty value, no repeats, at most ten.
public final class Hashes {
    private static final int MAX_VALUES = 10;
    private static final int HEX_DIGITS = 64;
    private static final int APPENDIX = 9;

    /// Of an empty string, of `null` and of `undefined`.
    private static final Set<String> EMPTY = Set.of(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
            "eb045d78d273107348b0300c01d29b7552d622abbc6faf81b3ec55359aa9950c");

    private Hashes() {}

    /// Keeps the eight characters Meta's builders append after a dot.
    public static List<String> withAppendix(@Nullable JsonNode node) {
        return read(node, true);
    }

    /// Cuts that appendix off.
    public static List<String> bare(@Nullable JsonNode node) {
        return read(node, false);
    }

    public static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static List<String> read(@Nullable JsonNode node, boolean keepAppendix) {
        if (node == null || node.isNull()) {
            return List.of();
        }
        List<String> hashes = new ArrayList<>(2);
        if (node.isTextual()) {
            add(hashes, node.textValue(), keepAppendix);
        }
        for (JsonNode element : node) {
            if (element.isTextual() && hashes.size() < MAX_VALUES) {
                add(hashes, element.textValue(), keepAppendix);
            }
        }
        return hashes;
    }

    private static void add(List<String> hashes, String text, boolean keepAppendix) {
        if (!isHash(text) || EMPTY.contains(text.substring(0, HEX_DIGITS))) {
            return;
        }
        String hash = keepAppendix ? text : text.substring(0, HEX_DIGITS);
        if (!hashes.contains(hash)) {
            hashes.add(hash);
        }
    }

    private static boolean isHash(String text) {
        if (text.length() != HEX_DIGITS && text.length() != HEX_DIGITS + APPENDIX) {
            return false;
        }
        for (int i = 0; i < HEX_DIGITS; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return text.length() == HEX_DIGITS || isAppendix(text.substring(HEX_DIGITS));
    }

    private static boolean isAppendix(String text) {
        return text.charAt(0) == '.'
                && text.chars()
                        .skip(1)
                        .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || c == '_' || c == '-'));
    }
}
