package dev.varve.identity;

import dev.varve.event.Platform;
import java.time.Instant;
import java.util.Map;

/// What matching needs besides the fields: the hash of the request, the event's corrected time, which becomes that
/// of a built `fbc`, and the alpha-2 country per platform for phone numbers without country code.
public record MatchSettings(Sha256 sha256, Instant occurredAt, Map<Platform, String> defaultCountries) {}
