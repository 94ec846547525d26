package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.audit.AuditTrail;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.ChildOrganizations;
import dev.varve.tenant.ChildOrganizations.Migration;
import dev.varve.tenant.PrefixedId;
import dev.varve.tenant.Scopes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// `POST /v1/organizations/:orgId/projects/migrate`.
final class MigrationRoute {
    private static final int MAX_PROJECTS = 100;

    private final ApiServices.Catalog catalog;
    private final ChildOrganizations children;
    private final OrganizationAccess access;
    private final Audit audit;

    MigrationRoute(ApiServices services) {
        this.catalog = services.catalog();
        this.children = catalog.account().children();
        this.access = new OrganizationAccess(children);
        this.audit = new Audit(catalog.audit());
    }

    List<Route> routes() {
        return List.of(Route.of("POST", "/organizations/{orgId}/projects/migrate", Scopes.ORG_ADMIN, this::migrate));
    }

    private ApiAnswer migrate(ApiCall call) {
        access.child(call);
        Fields fields = Fields.of(call.body());
        fields.require("projectIds");
        List<String> texts = fields.texts("projectIds", List.of(), MAX_PROJECTS, PathIds.PROJECT_ID);
        fields.finish();
        Set<UUID> projects = new LinkedHashSet<>();
        texts.forEach(text -> PrefixedId.PROJECT.parse(text).ifPresent(projects::add));
        UUID child = OrganizationAccess.id(call);
        require(children.migrate(call.caller().owner(), child, projects, call.now()));
        projects.forEach(catalog.changes()::changed);
        projects.forEach(project -> record(call, project));
        ObjectNode body = Json.object().put("organizationId", PrefixedId.ORGANIZATION.format(child));
        projects.stream().map(PrefixedId.PROJECT::format).forEach(body.putArray("migrated")::add);
        return ApiAnswer.ok(body);
    }

    private static void require(Migration migration) {
        switch (migration) {
            case Migration.Moved _ -> {}
            case Migration.NoChild _ -> throw OrganizationAccess.absent();
            case Migration.ChildArchived _ -> throw OrganizationAccess.archived();
            case Migration.NoProjects _ -> throw ApiException.notFound("project");
            case Migration.DuplicateCustomer _ ->
                throw new ApiException(
                        ErrorCode.CONFLICT,
                        "the organization has a project with the customerExternalId of one of these",
                        Map.of("reason", "duplicate"));
        }
    }

    /// In the parent's trail, without the project: it is another organization's now.
    private void record(ApiCall call, UUID project) {
        AuditTrail.Subject subject = new AuditTrail.Subject("project", PrefixedId.PROJECT.format(project));
        audit.record(call, new Audit.Deed("project.updated", null, subject, Audit.fields(List.of("organizationId"))));
    }
}
