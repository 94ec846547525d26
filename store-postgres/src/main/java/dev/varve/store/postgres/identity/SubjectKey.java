package dev.varve.store.postgres.identity;

import dev.varve.identity.Profiles;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.UUID;

/// Names a subject in the tables: its project, and the first 128 bits of SHA-256(kind, NUL, id), because ids have no
/// bounded length.
public record SubjectKey(UUID project, UUID subject) {
    public static SubjectKey of(Profiles.Subject subject) {
        return new SubjectKey(subject.projectId(), hash(subject));
    }

    private static UUID hash(Profiles.Subject subject) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(subject.kind().name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            ByteBuffer hash = ByteBuffer.wrap(digest.digest(subject.id().getBytes(StandardCharsets.UTF_8)));
            return new UUID(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
