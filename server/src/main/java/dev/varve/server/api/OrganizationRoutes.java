package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.audit.AuditTrail;
import dev.varve.tenant.ChildOrganization;
import dev.varve.tenant.ChildOrganizations;
import dev.varve.tenant.Organization;
import dev.varve.tenant.PrefixedId;
import dev.varve.tenant.Projects;
import dev.varve.tenant.Scopes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// `/v1/organizations`: the direct children of the caller's organization.
final class OrganizationRoutes {
    private static final String PATH = "/organizations";
    private static final Fields.Text NAME = Fields.Text.length(1, 128);
    private static final Set<String> CHANGEABLE = Set.of("name", "metadata", "billingEmail");

    private final ApiServices services;
    private final ChildOrganizations children;
    private final OrganizationAccess access;
    private final Audit audit;

    OrganizationRoutes(ApiServices services) {
        this.services = services;
        this.children = services.catalog().account().children();
        this.access = new OrganizationAccess(children);
        this.audit = new Audit(services.catalog().audit());
    }

    List<Route> routes() {
        return List.of(
                Route.of("POST", PATH, Scopes.ORG_ADMIN, this::create),
                Route.of("GET", PATH, Scopes.ORG_ADMIN, this::list),
                Route.of("GET", PATH + "/{orgId}", Scopes.ORG_ADMIN, this::get),
                Route.of("PATCH", PATH + "/{orgId}", Scopes.ORG_ADMIN, this::patch),
                Route.of("POST", PATH + "/{orgId}/suspend", Scopes.ORG_ADMIN, this::suspend)
                        .repeats(Repeat.STATE),
                Route.of("POST", PATH + "/{orgId}/resume", Scopes.ORG_ADMIN, this::resume)
                        .repeats(Repeat.STATE),
                Route.of("DELETE", PATH + "/{orgId}", Scopes.ORG_ADMIN, this::archive));
    }

    private ApiAnswer create(ApiCall call) {
        Organization parent = call.caller().organization();
        Fields fields = Fields.of(call.body());
        fields.require("name");
        if (parent.parentId() != null) {
            fields.issue("", "a child organization cannot have children");
        }
        Organization organization = new Organization(
                UUID.randomUUID(),
                parent.id(),
                fields.text("name", "", NAME),
                Organization.Status.ACTIVE,
                call.caller().key().env(),
                billingEmail(fields, null),
                call.now());
        ChildOrganization child = new ChildOrganization(
                organization, MetadataFields.merge(fields, Map.of()), new ChildOrganization.Times(call.now(), null));
        fields.finish();
        children.insert(child);
        record(call, "organization.created", child, List.of());
        return ApiAnswer.created(OrganizationJson.of(child));
    }

    private ApiAnswer list(ApiCall call) {
        String list = "organizations:" + call.caller().organization().id();
        Query query = Query.of(call);
        int limit = query.limit(25, 200);
        Optional<Organization.Status> status =
                query.parsed("status", OrganizationRoutes::status, "must be one of active, suspended, archived");
        Optional<Projects.Position> after = query.cursor(list, Cursor::position);
        query.finish();
        List<ChildOrganization> found = children.list(call.caller().owner(), status, after, limit + 1);
        return ApiAnswer.ok(Json.page(found, limit, OrganizationJson::of, last -> new Cursor(
                        last.organization().createdAt(),
                        last.organization().id().toString(),
                        0)
                .encode(list)));
    }

    private static Optional<Organization.Status> status(String text) {
        return switch (text) {
            case "active" -> Optional.of(Organization.Status.ACTIVE);
            case "suspended" -> Optional.of(Organization.Status.SUSPENDED);
            case "archived" -> Optional.of(Organization.Status.ARCHIVED);
            default -> Optional.empty();
        };
    }

    private ApiAnswer get(ApiCall call) {
        ChildOrganization child = access.child(call);
        int projects = children.projectCount(new Projects.Owner(
                child.organization().id(), call.caller().key().env()));
        return ApiAnswer.ok(OrganizationJson.withSummary(child, projects));
    }

    private ApiAnswer patch(ApiCall call) {
        ChildOrganization child = access.child(call);
        Fields fields = Fields.of(call.body());
        fields.refuseReadOnly(OrganizationJson.of(child), CHANGEABLE);
        fields.refuse(Fields.READ_ONLY, "summary");
        return change(call, "organization.updated", before -> {
            Organization organization = before.organization();
            String name = fields.text("name", organization.name(), NAME);
            String email = billingEmail(fields, organization.billingEmail());
            Map<String, String> metadata = MetadataFields.merge(fields, before.metadata());
            fields.finish();
            return OrganizationAccess.requireOpen(before).described(name, email, metadata, call.now());
        });
    }

    private static @Nullable String billingEmail(Fields fields, @Nullable String before) {
        return fields.textOrNull("billingEmail", before, ProjectFields.EMAIL_TEXT);
    }

    private ApiAnswer suspend(ApiCall call) {
        return setStatus(call, Organization.Status.SUSPENDED, "organization.suspended");
    }

    private ApiAnswer resume(ApiCall call) {
        return setStatus(call, Organization.Status.ACTIVE, "organization.resumed");
    }

    private ApiAnswer setStatus(ApiCall call, Organization.Status status, String eventType) {
        access.child(call);
        call.ignoreBody();
        ApiAnswer answer = change(call, eventType, before -> OrganizationAccess.requireOpen(before)
                .withStatus(status, call.now()));
        services.credentials().apiKeys().changed();
        return answer;
    }

    private ApiAnswer change(ApiCall call, String eventType, UnaryOperator<ChildOrganization> change) {
        ChildOrganizations.Changed changed = children.change(call.caller().owner(), OrganizationAccess.id(call), change)
                .orElseThrow(OrganizationAccess::absent);
        ObjectNode after = OrganizationJson.of(changed.after());
        List<String> fields = Audit.changed(OrganizationJson.of(changed.before()), after);
        if (!fields.isEmpty()) {
            record(call, eventType, changed.after(), fields);
        }
        return ApiAnswer.ok(after);
    }

    private ApiAnswer archive(ApiCall call) {
        access.child(call);
        call.ignoreBody();
        ChildOrganizations.Archived archived = children.archive(
                        call.caller().owner(), OrganizationAccess.id(call), call.now())
                .orElseThrow(OrganizationAccess::absent);
        services.credentials().apiKeys().changed();
        archived.projects().forEach(services.catalog().changes()::changed);
        if (archived.repeat() == ChildOrganizations.Repeat.FIRST) {
            record(call, "organization.archived", archived.child(), List.of("archivedAt", "status"));
        }
        Organization organization = archived.child().organization();
        return ApiAnswer.ok(Json.object()
                .put("id", PrefixedId.ORGANIZATION.format(organization.id()))
                .put("status", organization.status().wireName())
                .put("archivedAt", Json.time(archived.child().times().archivedAt()))
                .put("reclaimedCredits", NoCredits.RECLAIMED)
                .put("revokedApiKeys", archived.revokedKeys()));
    }

    private void record(ApiCall call, String eventType, ChildOrganization child, List<String> fields) {
        String id = PrefixedId.ORGANIZATION.format(child.organization().id());
        AuditTrail.Subject subject = new AuditTrail.Subject("organization", id);
        audit.record(call, new Audit.Deed(eventType, null, subject, Audit.fields(fields)));
    }
}
