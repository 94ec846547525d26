package dev.varve.collect;

import dev.varve.tenant.IngestApp;

/// The events of a `POST /v1/events`; `body` is the whole body as received and at most 8 MiB. Authentication and the
/// project's and app's existence are already checked.
public record ServerRequest(IngestApp app, byte[] body) {}
