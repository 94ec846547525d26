package dev.varve.collect;

import dev.varve.identity.Sha256;

/// The id of a person or an install as it is stored and looked up: longer ones than can be indexed become their hash.
public final class StoredId {
    private static final int MAX_LENGTH = 256;

    private StoredId() {}

    /// `masked`: the id as given, with personal data already replaced.
    public static String of(String masked, Sha256 sha256) {
        return isLong(masked) ? "sha256:" + sha256.hex(masked) : masked;
    }

    /// More than 256 characters, however many bytes each has.
    static boolean isLong(String id) {
        return id.length() > MAX_LENGTH && id.codePointCount(0, id.length()) > MAX_LENGTH;
    }
}
