package dev.varve.component;

import java.util.concurrent.ThreadLocalRandom;

/// Makes ULIDs: 48 bits of milliseconds and 80 random bits as 26 Crockford base32 characters, sortable by time.
/// Names things; guards nothing, so it needs no secure randomness.
public final class Ulid {
    private static final char[] ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();

    private Ulid() {}

    /// `prefix` followed by a new ULID of the present moment.
    public static String next(String prefix) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        char[] text = new char[26];
        long time = System.currentTimeMillis();
        for (int i = 9; i >= 0; i--) {
            text[i] = ALPHABET[(int) (time & 31)];
            time >>>= 5;
        }
        long high = random.nextLong();
        long low = random.nextLong();
        for (int i = 0; i < 8; i++) {
            text[10 + i] = ALPHABET[(int) (high >>> (5 * i)) & 31];
            text[18 + i] = ALPHABET[(int) (low >>> (5 * i)) & 31];
        }
        return prefix + new String(text);
    }
}
