package dev.varve.collect;

import dev.varve.identity.Sha256;

/// The id of a person or an install as it is stored and looked up: longer ones than can be indexed become their hash.
public final class StoredId {
    static final int MAX_LENGTH = 256;

    private StoredId() {}

    /// `masked`: the id as given, with personal data already replaced.
    public static String of(String masked, Sha256 sha256) {
        return masked.length() > MAX_LENGTH ? "sha256:" + sha256.hex(masked) : masked;
    }
}
