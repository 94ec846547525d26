package dev.varve.store.postgres.log;

import dev.varve.event.EventIdentity;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/// What decides whether an event is new: the first 128 bits of SHA-256(app id, NUL, event id).
public record EventKey(long high, long low) {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    static EventKey of(MessageDigest sha256, EventIdentity identity) {
        return of(sha256, identity.appId(), identity.eventId());
    }

    public static EventKey of(MessageDigest sha256, String appId, String eventId) {
        sha256.update(appId.getBytes(StandardCharsets.UTF_8));
        sha256.update((byte) 0);
        byte[] hash = sha256.digest(eventId.getBytes(StandardCharsets.UTF_8));
        return new EventKey((long) LONGS.get(hash, 0), (long) LONGS.get(hash, 8));
    }

    static EventKey of(UUID uuid) {
        return new EventKey(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    public UUID toUuid() {
        return new UUID(high, low);
    }

    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
