package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.audit.AuditTrail;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.PrefixedId;
import dev.varve.tenant.Project;
import dev.varve.tenant.ProjectProfile;
import dev.varve.tenant.Projects;
import dev.varve.tenant.Scopes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/// `/v1/projects`.
final class ProjectRoutes {
    private static final Set<String> CHANGEABLE = Set.of(
            "name",
            "status",
            "customerExternalId",
            "timezone",
            "primaryLanguage",
            "ownerEmail",
            "targetGender",
            "platformIosBundleId",
            "platformAndroidBundleId",
            "platformWebDomain",
            "metadata");

    private final ApiServices.Catalog catalog;
    private final ProjectAccess access;
    private final Audit audit;

    ProjectRoutes(ApiServices services) {
        this.catalog = services.catalog();
        this.audit = new Audit(catalog.audit());
        this.access = new ProjectAccess(catalog);
    }

    List<Route> routes() {
        return List.of(
                Route.of("POST", "/projects", Scopes.PROJECTS_WRITE, this::create),
                Route.of("GET", "/projects", Scopes.PROJECTS_READ, this::list),
                Route.of("GET", "/projects/{projectId}", Scopes.PROJECTS_READ, this::get),
                Route.of("PATCH", "/projects/{projectId}", Scopes.PROJECTS_WRITE, this::patch),
                Route.of("DELETE", "/projects/{projectId}", Scopes.PROJECTS_WRITE, this::archive));
    }

    private ApiAnswer create(ApiCall call) {
        Fields fields = Fields.of(call.body());
        fields.require("name", "timezone");
        ProjectProfile profile = ProjectFields.read(fields, defaults(call));
        fields.finish();
        Project project = new Project(
                UUID.randomUUID(),
                call.caller().organization().id(),
                call.caller().key().env(),
                Project.Status.ACTIVE,
                profile,
                new Project.Times(call.now(), call.now(), null));
        saved(catalog.projects().insert(project));
        record(call, "project.created", project, List.of());
        return ApiAnswer.created(json(project));
    }

    private static ProjectProfile defaults(ApiCall call) {
        ProjectProfile blank = ProjectProfile.named("", "UTC");
        return new ProjectProfile(
                blank.name(),
                blank.timezone(),
                blank.primaryLanguage(),
                null,
                call.caller().organization().billingEmail(),
                blank.brand(),
                blank.stores(),
                null);
    }

    private ApiAnswer list(ApiCall call) {
        Projects.Owner owner = call.caller().owner();
        String list = "projects:" + owner.organizationId() + ":" + owner.mode().wireName();
        Query query = Query.of(call);
        int limit = query.limit(25, 200);
        Projects.Filter filter = new Projects.Filter(
                query.parsed("status", ProjectRoutes::status, "must be one of active, archived"),
                query.text("search"),
                query.text("customerExternalId"));
        Optional<Projects.Position> after = query.cursor(list, Cursor::position);
        query.finish();
        List<Project> projects = catalog.projects().list(owner, filter, after, limit + 1);
        return ApiAnswer.ok(Json.page(projects, limit, ProjectRoutes::shortItem, last -> new Cursor(
                        last.times().createdAt(), last.id().toString(), 0)
                .encode(list)));
    }

    private static Optional<Project.Status> status(String text) {
        return Optional.of(text).filter(Set.of("active", "archived")::contains).map(Project.Status::of);
    }

    private ApiAnswer get(ApiCall call) {
        return ApiAnswer.ok(json(access.project(call)));
    }

    private ApiAnswer patch(ApiCall call) {
        Project project = access.project(call);
        Fields fields = Fields.of(call.body());
        fields.refuseReadOnly(json(project), CHANGEABLE);
        edited(call, fields, project);
        fields.finish();
        Projects.Changed.Done done = change(call, before -> edited(call, fields, before));
        boolean isEnd = done.after().isArchived() && !done.before().isArchived();
        List<String> changed = Audit.changed(fields(done.before()), fields(done.after()));
        if (!changed.isEmpty()) {
            record(call, isEnd ? "project.archived" : "project.updated", done.after(), changed);
        }
        return ApiAnswer.ok(json(done.after()));
    }

    /// Over what is stored when it is saved, so that of two changes at once neither undoes the other.
    private static Project edited(ApiCall call, Fields fields, Project before) {
        ProjectProfile profile = ProjectFields.read(fields, before.profile());
        String status =
                fields.text("status", before.status().wireName(), Fields.Text.oneOf(Set.of("active", "archived")));
        return before.updated(profile, Project.Status.of(status), call.now());
    }

    private Projects.Changed.Done change(ApiCall call, UnaryOperator<Project> edit) {
        return switch (catalog.projects().change(call.caller().owner(), call.projectId(), edit)) {
            case Projects.Changed.Done done -> {
                catalog.changes().changed(call.projectId());
                yield done;
            }
            case Projects.Changed.Absent _ -> throw ApiException.notFound("project");
            case Projects.Changed.DuplicateCustomer _ -> throw duplicate();
            case Projects.Changed.OrganizationArchived _ -> throw OrganizationAccess.archived();
        };
    }

    private ApiAnswer archive(ApiCall call) {
        access.project(call);
        call.ignoreBody();
        Projects.Changed.Done done = change(call, before -> before.archived(call.now()));
        Project archived = done.after();
        if (!done.before().isArchived()) {
            record(call, "project.archived", archived, List.of("archivedAt", "status"));
        }
        return ApiAnswer.ok(Json.object()
                .put("id", PrefixedId.PROJECT.format(archived.id()))
                .put("status", archived.status().wireName())
                .put("archivedAt", Json.time(archived.times().archivedAt()))
                .put("canceledScheduledPosts", 0));
    }

    private void record(ApiCall call, String eventType, Project project, List<String> fields) {
        audit.record(
                call,
                new Audit.Deed(
                        eventType,
                        project.id(),
                        new AuditTrail.Subject("project", PrefixedId.PROJECT.format(project.id())),
                        Audit.fields(fields)));
    }

    private static void saved(Projects.Saved saved) {
        switch (saved) {
            case SAVED -> {}
            case DUPLICATE_CUSTOMER -> throw duplicate();
            case ORGANIZATION_ARCHIVED -> throw OrganizationAccess.archived();
        }
    }

    private static ApiException duplicate() {
        return new ApiException(
                ErrorCode.CONFLICT,
                "another project of the organization has this customerExternalId",
                Map.of("reason", "duplicate"));
    }

    private static ObjectNode shortItem(Project project) {
        ProjectProfile profile = project.profile();
        return Json.object()
                .put("id", PrefixedId.PROJECT.format(project.id()))
                .put("name", profile.name())
                .put("status", project.status().wireName())
                .put("customerExternalId", profile.customerExternalId())
                .put("timezone", profile.timezone())
                .put("primaryLanguage", profile.primaryLanguage())
                .put("ownerEmail", profile.ownerEmail())
                .put("createdAt", Json.time(project.times().createdAt()))
                .put("updatedAt", Json.time(project.times().updatedAt()));
    }

    private static ObjectNode json(Project project) {
        ProjectProfile profile = project.profile();
        ObjectNode body = Json.object()
                .put("id", PrefixedId.PROJECT.format(project.id()))
                .put("organizationId", PrefixedId.ORGANIZATION.format(project.organizationId()))
                .put("name", profile.name())
                .put("status", project.status().wireName())
                .put("mode", project.mode().wireName())
                .put("customerExternalId", profile.customerExternalId())
                .put("timezone", profile.timezone())
                .put("primaryLanguage", profile.primaryLanguage())
                .put("ownerEmail", profile.ownerEmail())
                .putNull("brand");
        body.set("brandContext", brandContext(profile));
        body.put("targetGender", profile.brand().targetGender())
                .put("platformIosBundleId", profile.stores().iosBundleId())
                .put("platformAndroidBundleId", profile.stores().androidBundleId())
                .put("platformWebDomain", profile.stores().webDomain());
        body.putObject("ingestState").putNull("github").putNull("website").putNull("appstore");
        body.put("requiresApproval", false).put("firstNPostsBlocked", 0).put("currentBlockedCount", 0);
        body.set("metadata", metadata(profile));
        return body.put("createdAt", Json.time(project.times().createdAt()))
                .put("updatedAt", Json.time(project.times().updatedAt()))
                .put("archivedAt", Json.time(project.times().archivedAt()));
    }

    /// By the names that a caller changes: the answer shows some of them elsewhere too.
    private static ObjectNode fields(Project project) {
        ObjectNode fields = json(project);
        fields.remove("brandContext");
        fields.setAll(brandContext(project.profile()));
        fields.set("metadata", project.profile().metadata());
        return fields;
    }

    private static ObjectNode brandContext(ProjectProfile profile) {
        ObjectNode context = Json.object()
                .put("appName", profile.brand().appName())
                .put("appDescription", profile.brand().appDescription())
                .put("tagline", profile.brand().tagline())
                .putNull("audience")
                .putNull("icp")
                .put("brandVoice", profile.brand().brandVoice());
        context.putArray("keywords");
        return context.put("primaryLanguage", profile.primaryLanguage()).putNull("logoUrl");
    }

    private static com.fasterxml.jackson.databind.JsonNode metadata(ProjectProfile profile) {
        ObjectNode own = profile.metadata();
        if (own == null && profile.customerExternalId() == null) {
            return com.fasterxml.jackson.databind.node.NullNode.getInstance();
        }
        ObjectNode metadata = own == null ? Json.object() : own.deepCopy();
        if (profile.customerExternalId() != null) {
            metadata.putObject("partner").put("customerExternalId", profile.customerExternalId());
        }
        return metadata;
    }
}
