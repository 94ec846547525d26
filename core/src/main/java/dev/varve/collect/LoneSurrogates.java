package dev.varve.collect;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Mends `\uD800`-like escapes without a partner before the body is parsed: a parser may accept them in values and
/// refuse them in names, and the whole batch would be lost for one character. They become `\ufffd`, which has the
/// same length.
final class LoneSurrogates {
    private static final int ESCAPE = 6;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long BACKSLASHES = '\\' * ONES;

    private LoneSurrogates() {}

    /// The body itself when there is nothing to mend, else a mended copy.
    static byte[] mended(byte[] json) {
        byte[] result = json;
        for (int i = backslash(json, 0); i < json.length; i = backslash(json, i + 1)) {
            int unit = unit(json, i);
            if (unit < 0 || !Character.isSurrogate((char) unit)) {
                i += 1;
            } else if (Character.isHighSurrogate((char) unit) && isLow(unit(json, i + ESCAPE))) {
                i += 2 * ESCAPE - 1;
            } else {
                result = result == json ? json.clone() : result;
                System.arraycopy(new byte[] {'f', 'f', 'f', 'd'}, 0, result, i + 2, 4);
                i += ESCAPE - 1;
            }
        }
        return result;
    }

    /// The place of the first backslash from `from` on, or the length. Eight bytes at a time, as most bodies have none:
    /// a byte of `other` is zero where the body has a backslash, and only borrowing from a zero byte sets its
    /// high bit.
    private static int backslash(byte[] json, int from) {
        int at = from;
        for (; at + Long.BYTES <= json.length; at += Long.BYTES) {
            long other = (long) LONGS.get(json, at) ^ BACKSLASHES;
            long zeros = (other - ONES) & ~other & HIGH_BITS;
            if (zeros != 0) {
                return at + Long.numberOfTrailingZeros(zeros) / Byte.SIZE;
            }
        }
        while (at < json.length && json[at] != '\\') {
            at++;
        }
        return at;
    }

    private static boolean isLow(int unit) {
        return unit >= 0 && Character.isLowSurrogate((char) unit);
    }

    /// The code unit that the escape at `at` stands for, or -1 when there is no complete escape.
    private static int unit(byte[] json, int at) {
        if (at + ESCAPE > json.length || json[at] != '\\' || json[at + 1] != 'u') {
            return -1;
        }
        int unit = 0;
        for (int i = at + 2; i < at + ESCAPE; i++) {
            int digit = Character.digit(json[i], 16);
            if (digit < 0) {
                return -1;
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }
}
