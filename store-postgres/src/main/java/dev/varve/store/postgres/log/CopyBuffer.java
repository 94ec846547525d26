package dev.varve.store.postgres.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// Rows in PostgreSQL's binary COPY format: per row a field count, per field a length (-1 for null) and big-endian
/// bytes.
public final class CopyBuffer {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 255, '\r', '\n', 0};
    private static final VarHandle SHORTS = view(short[].class);
    private static final VarHandle INTS = view(int[].class);
    private static final VarHandle LONGS = view(long[].class);
    private static final int TEXT_OID = 25;
    private static final long EPOCH_2000 = 946_684_800L;
    private static final Instant EARLIEST = Instant.parse("-4000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("+200000-01-01T00:00:00Z");

    private byte[] bytes;
    private int size;

    public CopyBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    /// What stands before the first row of a COPY.
    public CopyBuffer header() {
        raw(SIGNATURE, 0, SIGNATURE.length);
        putInt(0);
        putInt(0);
        return this;
    }

    /// What stands after the last row.
    public CopyBuffer trailer() {
        return row(-1);
    }

    public CopyBuffer row(int fields) {
        ensure(2);
        SHORTS.set(bytes, size, (short) fields);
        size += 2;
        return this;
    }

    public CopyBuffer bigint(long value) {
        putInt(8);
        putLong(value);
        return this;
    }

    public CopyBuffer nothing() {
        putInt(-1);
        return this;
    }

    public CopyBuffer smallint(int value) {
        putInt(2);
        return row(value);
    }

    public CopyBuffer integer(int value) {
        putInt(4);
        putInt(value);
        return this;
    }

    CopyBuffer bool(@Nullable Boolean value) {
        if (value == null) {
            return nothing();
        }
        putInt(1);
        ensure(1);
        bytes[size++] = (byte) (value ? 1 : 0);
        return this;
    }

    public CopyBuffer uuid(UUID value) {
        return uuid(value.getMostSignificantBits(), value.getLeastSignificantBits());
    }

    CopyBuffer uuid(long high, long low) {
        putInt(16);
        putLong(high);
        putLong(low);
        return this;
    }

    /// Microseconds; finer digits are cut.
    public CopyBuffer timestamp(Instant value) {
        return bigint(micros(value));
    }

    static long micros(Instant value) {
        if (value.isBefore(EARLIEST) || value.isAfter(LATEST)) {
            throw new IllegalArgumentException("a time outside of what PostgreSQL can store");
        }
        return (value.getEpochSecond() - EPOCH_2000) * 1_000_000 + value.getNano() / 1_000;
    }

    public CopyBuffer text(@Nullable String value) {
        if (value == null) {
            return nothing();
        }
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a text with a NUL character, which PostgreSQL cannot store");
        }
        return bytea(value.getBytes(StandardCharsets.UTF_8));
    }

    /// An array of texts.
    public CopyBuffer texts(List<String> values) {
        CopyBuffer array = new CopyBuffer(64);
        array.putInt(1); // dimension
        array.putInt(0); // no nulls
        array.putInt(TEXT_OID);
        array.putInt(values.size());
        array.putInt(1); // counted from
        values.forEach(array::text);
        return bytea(array.toBytes());
    }

    CopyBuffer bytea(byte[] value) {
        putInt(value.length);
        raw(value, 0, value.length);
        return this;
    }

    void raw(byte[] source, int from, int to) {
        int length = to - from;
        ensure(length);
        System.arraycopy(source, from, bytes, size, length);
        size += length;
    }

    void overwriteLong(int at, long value) {
        LONGS.set(bytes, at, value);
    }

    int size() {
        return size;
    }

    /// Sends what was written, a header first and a trailer last, as rows of the table.
    public void copyTo(Connection connection, String table, String columns) throws SQLException {
        CopyIn in = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy " + table + " (" + columns + ") from stdin (format binary)");
        try {
            in.writeToCopy(bytes, 0, size);
            in.endCopy();
        } finally {
            if (in.isActive()) {
                in.cancelCopy();
            }
        }
    }

    /// The buffer itself: valid up to [#size()] and until the next write.
    byte[] bytes() {
        return bytes;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void putInt(int value) {
        ensure(4);
        INTS.set(bytes, size, value);
        size += 4;
    }

    private void putLong(long value) {
        ensure(8);
        LONGS.set(bytes, size, value);
        size += 8;
    }

    private void ensure(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
        }
    }

    private static VarHandle view(Class<?> type) {
        return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.BIG_ENDIAN);
    }
}
