package dev.varve.tenant;

import java.util.Optional;

/// Looks up SDK apps by id for ingest and relay. Apps of archived projects are not found. Answers come from memory; a
/// change is seen by every process within a second.
public interface IngestApps {
    Optional<IngestApp> find(String appId);
}
