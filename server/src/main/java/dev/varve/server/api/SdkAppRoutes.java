package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.audit.AuditTrail;
import dev.varve.event.Platform;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.IngestApp.AppStoreIdentity;
import dev.varve.tenant.KeyMint;
import dev.varve.tenant.Project;
import dev.varve.tenant.Scopes;
import dev.varve.tenant.SdkApp;
import dev.varve.tenant.SdkApps;
import dev.varve.tenant.SdkApps.ChangeOutcome;
import dev.varve.tenant.SdkPlatform;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// `/v1/projects/:projectId/sdk-apps`.
final class SdkAppRoutes {
    private static final String PATH = "/projects/{projectId}/sdk-apps";
    private static final int REMOTE_CONFIG_BYTES = 16 << 10;
    private static final Set<String> PATCHABLE = Set.of(
            "name",
            "bundleId",
            "androidPackage",
            "webDomain",
            "appStoreId",
            "capi",
            "rotateKey",
            "requireIngestKey",
            "remoteConfig");

    private final ApiServices services;
    private final ApiServices.Catalog catalog;
    private final Audit audit;
    private final ProjectAccess access;
    private final LayerSwitches switches;
    private final KeyMint mint = new KeyMint();

    SdkAppRoutes(ApiServices services) {
        this.services = services;
        this.catalog = services.catalog();
        this.audit = new Audit(catalog.audit());
        this.access = new ProjectAccess(catalog);
        this.switches = new LayerSwitches(catalog.layers(), new LayerChecks(services.pipeline()));
    }

    List<Route> routes() {
        return List.of(
                Route.of("POST", PATH, Scopes.PROJECTS_WRITE, this::create),
                Route.of("GET", PATH, Scopes.PROJECTS_READ, this::list),
                Route.of("GET", PATH + "/{appId}", Scopes.PROJECTS_READ, this::get),
                Route.of("PATCH", PATH + "/{appId}", Scopes.PROJECTS_WRITE, this::patch)
                        .or(Scopes.ADS_WRITE_CAPI));
    }

    private ApiAnswer create(ApiCall call) {
        Project project = access.project(call);
        Fields fields = Fields.of(call.body());
        fields.require("name", "platform");
        Optional<SdkPlatform> platform = SdkAppFields.platform(fields);
        Optional<String> chosenId = SdkAppFields.appId(fields);
        platform.ifPresent(known -> SdkAppFields.requireIdentity(fields, known));
        AppStoreIdentity store = SdkAppFields.identity(fields, platform, SdkAppFields.BLANK);
        fields.finish();
        ProjectAccess.requireActive(project);
        SdkApp app = new SdkApp(
                chosenId.orElseGet(mint::appId),
                project.id(),
                platform.orElseThrow(),
                store,
                new SdkApp.Settings(false, Map.of(), Json.object()),
                new SdkApp.Times(call.now(), call.now()));
        return insert(call, app, mint.mintAppKey());
    }

    private ApiAnswer insert(ApiCall call, SdkApp app, KeyMint.MintedAppKey key) {
        if (!catalog.sdkApps().insert(app, key.sha256())) {
            throw new ApiException(ErrorCode.CONFLICT, "the appId is taken", Map.of("reason", "duplicate"));
        }
        catalog.changes().changed(app.projectId());
        record(call, "sdk_app.created", app, List.of());
        return ApiAnswer.created(json(app, shown(call, app)).put("apiKey", key.secret()));
    }

    private ApiAnswer list(ApiCall call) {
        String listName = "sdk-apps:" + call.projectId();
        Query query = Query.of(call);
        int limit = query.limit(25, 100);
        Optional<SdkPlatform> platform = query.parsed("platform", SdkPlatform::parse, SdkAppFields.PLATFORM.message());
        Optional<SdkApps.Position> after =
                query.cursor(listName, cursor -> Optional.of(new SdkApps.Position(cursor.at(), cursor.text())));
        query.finish();
        Project project = access.project(call);
        List<SdkApp> apps = catalog.sdkApps().list(project.id(), platform, after, limit + 1);
        Map<String, SdkApps.Activity> activity =
                catalog.sdkApps().activity(apps.stream().map(SdkApp::appId).collect(Collectors.toSet()));
        return ApiAnswer.ok(Json.page(
                apps,
                limit,
                app -> shortItem(app, activity.getOrDefault(app.appId(), SdkApps.Activity.NONE)),
                last -> new Cursor(last.times().createdAt(), last.appId(), 0).encode(listName)));
    }

    private ApiAnswer get(ApiCall call) {
        SdkApps.Shown shown = catalog.sdkApps()
                .show(call.caller().owner(), call.projectId(), call.segment("appId"))
                .orElseThrow(() -> missing(call));
        return ApiAnswer.ok(json(shown.app(), shown));
    }

    /// Says whether it is the project that does not exist, or the app in it.
    private ApiException missing(ApiCall call) {
        access.project(call);
        return ApiException.notFound("SDK app");
    }

    private ApiAnswer patch(ApiCall call) {
        requireScope(call);
        Project project = access.project(call);
        SdkApp app = access.app(project, call.segment("appId"));
        Fields fields = Fields.of(call.body());
        fields.refuseReadOnly(json(app, new SdkApps.Shown(app, SdkApps.Activity.NONE, Map.of())), PATCHABLE);
        fields.refuse(Fields.READ_ONLY, "apiKey");
        if (PATCHABLE.stream().noneMatch(fields::has)) {
            fields.issue("", "at least one field to change is needed");
        }
        Map<String, Boolean> toggles = toggles(fields);
        Optional<KeyMint.MintedAppKey> key =
                fields.bool("rotateKey", false) ? Optional.of(mint.mintAppKey()) : Optional.empty();
        UnaryOperator<SdkApp> edit = before -> edited(call, fields, before, toggles, key.isPresent());
        SdkApp _ = edit.apply(app); // for what is wrong with the fields
        fields.finish();
        return LayerChecks.untilUnchanged(() -> {
            List<LayerSwitches.Asked> asked = switches.ready(project, platforms(toggles, true), call.now());
            return switch (catalog.sdkApps()
                    .change(project.id(), app.appId(), edit, change(call, key, asked, toggles))) {
                case ChangeOutcome.Changed changed -> Optional.of(changed(call, key, asked, changed));
                case ChangeOutcome.Outdated _ -> Optional.empty();
                case ChangeOutcome.Missing _ -> throw ApiException.notFound("SDK app");
            };
        });
    }

    private ApiAnswer changed(
            ApiCall call,
            Optional<KeyMint.MintedAppKey> key,
            List<LayerSwitches.Asked> asked,
            ChangeOutcome.Changed changed) {
        SdkApp app = changed.after();
        catalog.changes().changed(app.projectId());
        List<String> named = Audit.changed(settings(changed.before()), settings(app));
        if (key.isPresent()) {
            record(call, "sdk_app.key_rotated", app, List.of());
        }
        if (!named.isEmpty()) {
            record(call, "sdk_app.updated", app, named);
        }
        changed.switched().forEach(layer -> audit.record(call, LayerChange.switched(layer)));
        asked.forEach(layer -> layer.validated().ifPresent(deed -> audit.record(call, deed)));
        ObjectNode body = json(app, shown(call, app));
        key.ifPresent(minted -> body.put("apiKey", minted.secret()));
        return ApiAnswer.ok(body);
    }

    /// Whoever lacks the project's scope may send the member `capi` and nothing else.
    private static void requireScope(ApiCall call) {
        if (!call.caller().allows(Scopes.PROJECTS_WRITE) && !holdsCapiAlone(call)) {
            throw Caller.lacking(Scopes.PROJECTS_WRITE);
        }
    }

    private static boolean holdsCapiAlone(ApiCall call) {
        try {
            return Fields.of(call.body()).names().equals(Set.of("capi"));
        } catch (ApiException unreadable) {
            return false;
        }
    }

    /// Over what is stored when it is saved, so that of two changes at once neither undoes the other.
    private static SdkApp edited(
            ApiCall call, Fields fields, SdkApp before, Map<String, Boolean> toggles, boolean isRotated) {
        SdkApp after = before.with(
                SdkAppFields.identity(fields, Optional.of(before.platform()), before.store()),
                settings(fields, before.settings(), toggles));
        return isRotated ? after.rotatedAt(call.now()) : after;
    }

    private static SdkApps.Change change(
            ApiCall call,
            Optional<KeyMint.MintedAppKey> key,
            List<LayerSwitches.Asked> asked,
            Map<String, Boolean> toggles) {
        return new SdkApps.Change(
                key.map(minted -> new SdkApps.Rotation(minted.sha256())),
                asked.stream().map(layer -> layer.on(call.now())).toList(),
                platforms(toggles, false),
                call.now());
    }

    private void record(ApiCall call, String eventType, SdkApp app, List<String> fields) {
        audit.record(
                call,
                new Audit.Deed(
                        eventType,
                        app.projectId(),
                        new AuditTrail.Subject("sdk_app", app.appId()),
                        Audit.fields(fields)));
    }

    /// What a PATCH can change.
    private static ObjectNode settings(SdkApp app) {
        ObjectNode settings = Json.object()
                .put("name", app.store().name())
                .put("bundleId", app.store().bundleId())
                .put("androidPackage", app.store().androidPackage())
                .put("webDomain", app.store().webDomain())
                .put("appStoreId", app.store().appStoreId())
                .put("requireIngestKey", app.settings().requireIngestKey());
        ObjectNode capi = settings.putObject("capi");
        app.settings().capi().forEach(capi::put);
        return settings.set("remoteConfig", app.settings().remoteConfig());
    }

    /// By short name; only what the body sets.
    private static Map<String, Boolean> toggles(Fields fields) {
        Map<String, Boolean> toggles = new TreeMap<>();
        fields.fields("capi").ifPresent(capi -> {
            for (String platform : List.of("meta", "tiktok", "apple")) {
                capi.fields(platform).ifPresent(toggle -> {
                    toggle.require("enabled");
                    toggles.put(platform, toggle.bool("enabled", false));
                });
            }
        });
        return toggles;
    }

    private static SdkApp.Settings settings(Fields fields, SdkApp.Settings before, Map<String, Boolean> toggles) {
        Map<String, Boolean> capi = new HashMap<>(before.capi());
        capi.putAll(toggles);
        ObjectNode remoteConfig = fields.has("remoteConfig")
                ? fields.anythingOrNull("remoteConfig", REMOTE_CONFIG_BYTES).orElseGet(Json::object)
                : before.remoteConfig();
        return new SdkApp.Settings(fields.bool("requireIngestKey", before.requireIngestKey()), capi, remoteConfig);
    }

    private static Set<Platform> platforms(Map<String, Boolean> toggles, boolean on) {
        Set<Platform> platforms = EnumSet.noneOf(Platform.class);
        toggles.forEach((name, value) -> {
            if (value == on) {
                Platform.parse(name).ifPresent(platforms::add);
            }
        });
        return platforms;
    }

    private static ObjectNode shortItem(SdkApp app, SdkApps.Activity activity) {
        return Json.object()
                .put("appId", app.appId())
                .put("name", app.store().name())
                .put("platform", app.platform().wireName())
                .put("bundleId", app.store().bundleId())
                .put("androidPackage", app.store().androidPackage())
                .put("webDomain", app.store().webDomain())
                .put("createdAt", Json.time(app.times().createdAt()))
                .put("lastEventAt", Json.time(activity.lastEventAt().orElse(null)));
    }

    /// What is told of an app that was just saved.
    private SdkApps.Shown shown(ApiCall call, SdkApp app) {
        return catalog.sdkApps()
                .show(call.caller().owner(), app.projectId(), app.appId())
                .orElseThrow(() -> missing(call));
    }

    /// `app`: as saved, which keeps the order of the members of its `remoteConfig`.
    private ObjectNode json(SdkApp app, SdkApps.Shown shown) {
        ObjectNode body = Json.object()
                .put("appId", app.appId())
                .put("name", app.store().name())
                .put("platform", app.platform().wireName())
                .put("bundleId", app.store().bundleId())
                .put("androidPackage", app.store().androidPackage())
                .put("webDomain", app.store().webDomain())
                .put("appStoreId", app.store().appStoreId())
                .put("ingestEndpoint", services.ingestUrl() + "/l/events");
        body.set("capi", capi(app, shown));
        body.put("requireIngestKey", app.settings().requireIngestKey());
        body.set("remoteConfig", app.settings().remoteConfig());
        return body.put("createdAt", Json.time(app.times().createdAt()))
                .put("lastRotatedAt", Json.time(app.times().lastRotatedAt()))
                .put("lastEventAt", Json.time(shown.activity().lastEventAt().orElse(null)));
    }

    /// `enabled` is the toggle and the layer's switch together; Apple has no layer here.
    private static ObjectNode capi(SdkApp app, SdkApps.Shown shown) {
        ObjectNode capi = Json.object();
        new TreeMap<>(app.settings().capi()).forEach((name, toggle) -> {
            ObjectNode one = capi.putObject(name);
            Optional<Platform> platform = Platform.parse(name);
            Optional<SdkApps.LayerSwitch> layer = platform.map(shown.layers()::get);
            boolean layerOn = platform.isEmpty()
                    || layer.filter(SdkApps.LayerSwitch::enabled).isPresent();
            one.put("enabled", toggle && layerOn)
                    .put("pixelId", layer.map(SdkApps.LayerSwitch::pixelId).orElse(null))
                    .put(
                            "lastForwardAt",
                            Json.time(platform.map(shown.activity().lastForwardAt()::get)
                                    .orElse(null)));
        });
        return capi;
    }
}
