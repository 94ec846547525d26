package dev.varve.tenant;

import java.util.UUID;

/// Told when this process changed a project, its apps or layers, so that copies in memory are read anew at once; other
/// processes see the change within a second by themselves.
@FunctionalInterface
public interface ProjectChanges {
    void changed(UUID projectId);
}
