package dev.varve.collect;

import java.io.OutputStream;
import java.util.Arrays;

/// A growing byte array that can be read in place and cut back. Not thread-safe.
final class ByteSink extends OutputStream {
    private byte[] bytes;
    private int size;

    ByteSink(int capacity) {
        bytes = new byte[capacity];
    }

    /// A part of a sink; stays valid while the sink is not cut below it.
    record Range(int from, int to) {
        static final Range EMPTY = new Range(0, 0);

        boolean isEmpty() {
            return from == to;
        }
    }

    @Override
    public void write(int b) {
        reserve(1);
        bytes[size++] = (byte) b;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    void append(ByteSink source, int from, int to) {
        write(source.bytes, from, to - from);
    }

    int size() {
        return size;
    }

    void cut(int newSize) {
        size = newSize;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void reserve(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
        }
    }
}
