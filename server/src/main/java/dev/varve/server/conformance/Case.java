package dev.varve.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.event.Platform;
import java.time.Instant;

/// One case. `mustPass`: tier A. `event`: its neutral event; `expected`: the whole case, which holds the expectations.
/// `now`: what the clock is set to.
record Case(String id, boolean mustPass, Platform platform, Instant now, JsonNode event, JsonNode expected) {}
