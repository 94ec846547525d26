package dev.varve.collect;

import java.util.Arrays;

/// The mark with which some senders begin UTF-8. Bodies are UTF-8 and nothing else, so readers do not guess by it.
public final class ByteOrderMark {
    private ByteOrderMark() {}

    /// The body itself when it has none.
    public static byte[] without(byte[] body) {
        boolean isMarked =
                body.length >= 3 && body[0] == (byte) 0xEF && body[1] == (byte) 0xBB && body[2] == (byte) 0xBF;
        return isMarked ? Arrays.copyOfRange(body, 3, body.length) : body;
    }
}
