package dev.varve.server.api;

import dev.varve.server.http.ApiException;
import dev.varve.tenant.Projects;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;

/// The opaque keyset of a list: bound to one list, readable by the server only by convention.
///
/// `text` names the last item beside its moment, `number` breaks ties where two items share both.
record Cursor(Instant at, String text, long number) {
    String encode(String list) {
        String plain = list + "|" + ChronoUnit.MICROS.between(Instant.EPOCH, at) + "|" + number + "|" + text;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }

    /// @throws ApiException 422 for anything that `encode` did not make for the same list
    static Cursor decode(String list, String encoded) {
        try {
            String plain = new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
            String[] parts = plain.split("\\|", 4);
            if (parts.length == 4 && parts[0].equals(list)) {
                Instant at = Instant.EPOCH.plus(Long.parseLong(parts[1]), ChronoUnit.MICROS);
                return new Cursor(at, CleanText.of(parts[3]), Long.parseLong(parts[2]));
            }
        } catch (IllegalArgumentException | java.time.DateTimeException | ArithmeticException e) {
            throw refused();
        }
        throw refused();
    }

    /// Of a list whose items have UUIDs.
    Projects.Position position() {
        try {
            return new Projects.Position(at, UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            throw refused();
        }
    }

    private static ApiException refused() {
        return ApiException.invalid("cursor", "is not a cursor of this list");
    }
}
