package dev.varve.health;

import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// The layers whose token is to be validated, shared by all processes.
public interface TokenChecks {
    /// At most `limit` layers with pixel and token, longest overdue first, whether or not they are switched on.
    /// Nobody else gets them before `window.until`. Archived projects and suspended organizations have none.
    List<Due> claim(Platform platform, Window window, int limit);

    /// Keeps what was found, all or nothing: the verdict with its time, the error, a stopped destination back at work,
    /// the next check, and a row `capi.token_validated` in the audit trail when the verdict is another than before.
    /// Answers false, and keeps nothing, when the layer was configured anew since it was claimed.
    boolean record(Due due, TokenFinding finding, Instant at, Instant nextAt);

    /// Due is what was to be checked by `now`, and what waits past `latest`: the pace was quickened since.
    record Window(Instant now, Instant latest, Instant until) {}

    /// `configuredAt`: the layer's newest configuration.
    record Due(UUID layerId, Destination destination, TokenStanding standing, Instant configuredAt) {}
}
