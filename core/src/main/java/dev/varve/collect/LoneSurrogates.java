package dev.varve.collect;

/// Mends `\uD800`-like escapes without a partner before the body is parsed: a parser may accept them in values and
/// refuse them in names, and the whole batch would be lost for one character. They become `\ufffd`, which has the
/// same length.
final class LoneSurrogates {
    private static final int ESCAPE = 6;

    private LoneSurrogates() {}

    /// The body itself when there is nothing to mend, else a mended copy.
    static byte[] mended(byte[] json) {
        byte[] result = json;
        for (int i = 0; i + 1 < json.length; i++) {
            if (json[i] != '\\') {
                continue;
            }
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
