package dev.varve.tenant;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Stores organizations.
public interface Organizations {
    void insert(Organization organization);

    Optional<Organization> find(UUID id);

    /// Root organizations, oldest first: what a first start looks at.
    List<Organization> roots();
}
