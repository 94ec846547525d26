package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.tenant.ChildOrganization;
import dev.varve.tenant.Organization;
import dev.varve.tenant.PrefixedId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An organization in answers.
final class OrganizationJson {
    private OrganizationJson() {}

    static ObjectNode of(ChildOrganization child) {
        Organization organization = child.organization();
        ObjectNode body = Json.object()
                .put("id", PrefixedId.ORGANIZATION.format(organization.id()))
                .put("parentOrganizationId", parent(organization.parentId()))
                .put("name", organization.name())
                .put("status", organization.status().wireName())
                .put("mode", organization.mode().wireName());
        body.set("metadata", MetadataFields.json(child.metadata()));
        return body.put("billingEmail", organization.billingEmail())
                .put("archivedAt", Json.time(child.times().archivedAt()))
                .put("createdAt", Json.time(organization.createdAt()))
                .put("updatedAt", Json.time(child.times().updatedAt()));
    }

    static ObjectNode withSummary(ChildOrganization child, int projectCount) {
        ObjectNode body = of(child);
        NoCredits.addTo(body.putObject("summary").put("projectCount", projectCount));
        return body;
    }

    private static @Nullable String parent(@Nullable UUID id) {
        return id == null ? null : PrefixedId.ORGANIZATION.format(id);
    }
}
