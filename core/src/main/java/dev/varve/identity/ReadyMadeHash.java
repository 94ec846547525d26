package dev.varve.identity;

import java.util.Set;

/// What a trimmed value is when it is looked at as a hash that the sender made.
sealed interface ReadyMadeHash {
    /// A usable SHA-256, `hex` its 64 lower-case characters. `forMeta`: with the eight characters that Meta's own
    /// parameter builder appended, if any; they mean something to Meta only.
    record Usable(String hex, String forMeta) implements ReadyMadeHash {}

    /// A hash nobody can match; the field is dropped with this warning.
    record Useless(String warning) implements ReadyMadeHash {}

    /// No hash: normalise and hash it.
    record Plain() implements ReadyMadeHash {}

    Plain PLAIN = new Plain();
    Useless MD5 = new Useless("md5_hash");
    Useless EMPTY = new Useless("empty_hash");

    /// SHA-256 of the empty text, of `null` and of `undefined`: what broken senders hash.
    Set<String> OF_NOTHING = Set.of(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
            "eb045d78d273107348b0300c01d29b7552d622abbc6faf81b3ec55359aa9950c");

    static ReadyMadeHash of(String trimmed) {
        int length = trimmed.length();
        if (length == 32 && Text.isHex(trimmed, 0, 32)) {
            return MD5;
        }
        if (length != 64 && length != 73 || !Text.isHex(trimmed, 0, 64)) {
            return PLAIN;
        }
        if (length == 73 && !isAppendix(trimmed)) {
            return PLAIN;
        }
        String hex = Text.lower(trimmed.substring(0, 64));
        return OF_NOTHING.contains(hex) ? EMPTY : new Usable(hex, hex + trimmed.substring(64));
    }

    /// Meta's parameter builder appends a dot and eight characters of its own.
    private static boolean isAppendix(String text) {
        if (text.charAt(64) != '.') {
            return false;
        }
        for (int i = 65; i < 73; i++) {
            char c = text.charAt(i);
            boolean isAllowed =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-';
            if (!isAllowed) {
                return false;
            }
        }
        return true;
    }
}
