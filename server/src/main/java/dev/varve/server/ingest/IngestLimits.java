package dev.varve.server.ingest;

/// What ingest takes at most; see the contract, 5.2.
public final class IngestLimits {
    /// Of a body, unzipped.
    public static final int MAX_BODY_BYTES = 10 * 1024 * 1024;

    private IngestLimits() {}
}
