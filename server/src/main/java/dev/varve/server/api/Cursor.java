package dev.varve.server.api;

import dev.varve.identity.Sha256;
import dev.varve.tenant.Projects;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/// The opaque keyset of a list: bound to one list, readable by the server only by convention.
///
/// `text` names the last item beside its moment, `number` breaks ties where two items share both.
record Cursor(Instant at, String text, long number) {
    private static final int CHECK_BYTES = 6;

    String encode(String list) {
        String plain = list + "|" + ChronoUnit.MICROS.between(Instant.EPOCH, at) + "|" + number + "|" + text;
        return encoded(plain.getBytes(StandardCharsets.UTF_8));
    }

    /// With the beginning of a checksum before it, so that a cursor that lost or changed a character is none.
    private static String encoded(byte[] plain) {
        byte[] whole = ByteBuffer.allocate(CHECK_BYTES + plain.length)
                .put(new Sha256().bytes(plain), 0, CHECK_BYTES)
                .put(plain)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
    }

    private static Optional<String> plain(String encoded) {
        byte[] whole = Base64.getUrlDecoder().decode(encoded);
        byte[] plain = Arrays.copyOfRange(whole, Math.min(CHECK_BYTES, whole.length), whole.length);
        return encoded(plain).equals(encoded)
                ? Optional.of(new String(plain, StandardCharsets.UTF_8))
                : Optional.empty();
    }

    /// Empty for anything that `encode` did not make for the same list.
    static Optional<Cursor> decode(String list, String encoded) {
        try {
            String[] parts = plain(encoded).orElse("").split("\\|", 4);
            if (parts.length == 4 && parts[0].equals(list)) {
                Instant at = Instant.EPOCH.plus(Long.parseLong(parts[1]), ChronoUnit.MICROS);
                return Optional.of(new Cursor(at, CleanText.of(parts[3]), Long.parseLong(parts[2])));
            }
        } catch (IllegalArgumentException | java.time.DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /// The id that it names, in a list whose items have UUIDs.
    Optional<UUID> id() {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// The place in such a list.
    Optional<Projects.Position> position() {
        return id().map(id -> new Projects.Position(at, id));
    }
}
