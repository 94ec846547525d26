package dev.varve.server.api;

import dev.varve.tenant.Projects;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/// The opaque keyset of a list: bound to one list, readable by the server only by convention.
///
/// `text` names the last item beside its moment, `number` breaks ties where two items share both.
record Cursor(Instant at, String text, long number) {
    String encode(String list) {
        String plain = list + "|" + ChronoUnit.MICROS.between(Instant.EPOCH, at) + "|" + number + "|" + text;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }

    /// Empty for anything that `encode` did not make for the same list.
    static Optional<Cursor> decode(String list, String encoded) {
        try {
            String plain = new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
            String[] parts = plain.split("\\|", 4);
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
