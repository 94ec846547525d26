package dev.varve.store.postgres.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.varve.event.Platform;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.tenant.IngestApp.AppStoreIdentity;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Layers.TokenChange;
import dev.varve.tenant.Layers.Verdict;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import dev.varve.tenant.Project;
import dev.varve.tenant.ProjectProfile;
import dev.varve.tenant.Projects;
import dev.varve.tenant.SdkApp;
import dev.varve.tenant.SdkApps;
import dev.varve.tenant.SdkApps.ChangeOutcome;
import dev.varve.tenant.SdkPlatform;
import dev.varve.tenant.Vault;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Of two changes under way at once neither undoes the other: the second one waits, and begins with what the first
/// left behind.
@SuppressWarnings("NullAway.Init")
class ConcurrentChangesTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final SdkApps.Change PLAIN = new SdkApps.Change(Optional.empty(), List.of(), Set.of(), NOW);

    private Overlap overlap;
    private Jdbi jdbi;
    private PostgresProjects projects;
    private PostgresSdkApps apps;
    private PostgresLayers layers;
    private Projects.Owner owner;
    private UUID project;

    @BeforeEach
    void project() {
        jdbi = postgres.database().jdbi();
        overlap = Overlap.on(jdbi);
        projects = new PostgresProjects(jdbi);
        apps = new PostgresSdkApps(jdbi);
        layers = new PostgresLayers(jdbi, new Plain());
        UUID organization = UUID.randomUUID();
        new PostgresOrganizations(jdbi)
                .insert(new Organization(organization, null, "Test", Organization.Status.ACTIVE, Mode.LIVE, null, NOW));
        owner = new Projects.Owner(organization, Mode.LIVE);
        project = UUID.randomUUID();
        projects.insert(new Project(
                project,
                organization,
                Mode.LIVE,
                Project.Status.ACTIVE,
                ProjectProfile.named("first", "UTC"),
                new Project.Times(NOW, NOW, null)));
    }

    @Test
    void twoChangesOfAProject() throws Exception {
        overlap.together(
                () -> projects.change(owner, project, before -> named(overlap.meanwhile(before), "second")),
                () -> projects.change(owner, project, before -> before.archived(NOW.plusSeconds(1))));

        Project after = projects.find(owner, project).orElseThrow();
        assertThat(after.profile().name()).isEqualTo("second");
        assertThat(after.isArchived()).isTrue();
    }

    @Test
    void twoChangesOfAnApp() throws Exception {
        String app = app();
        overlap.together(
                () -> apps.change(project, app, before -> store(overlap.meanwhile(before), "second"), PLAIN),
                () -> apps.change(project, app, before -> off(before, "meta"), PLAIN));

        SdkApp after = apps.find(project, app).orElseThrow();
        assertThat(after.store().name()).isEqualTo("second");
        assertThat(after.settings().capi()).containsEntry("meta", false);
    }

    @Test
    void theLastTwoAppsOfALayerGoOff() throws Exception {
        String first = app();
        String second = app();
        layers.replace(Optional.empty(), layer(true), new TokenChange.Kept(), new Verdict.None());
        SdkApps.Change goesOff = new SdkApps.Change(Optional.empty(), List.of(), Set.of(Platform.META), NOW);
        overlap.together(
                () -> apps.change(project, first, before -> off(overlap.meanwhile(before), "meta"), goesOff),
                () -> apps.change(project, second, before -> off(before, "meta"), goesOff));

        assertThat(layers.find(project, Platform.META).orElseThrow().enabled()).isFalse();
    }

    /// One request keeps the token it saw, the other replaces it while the platform is asked.
    @Test
    void aLayerThatChangedMeanwhileIsNotReplaced() {
        Layer first = layers.replace(Optional.empty(), layer(false), new TokenChange.Replaced("a"), new Verdict.None())
                .orElseThrow();
        Optional<Layer> seen = layers.find(project, Platform.META);
        assertThat(seen).contains(first);

        assertThat(layers.replace(seen, first, new TokenChange.Replaced("b"), new Verdict.None()))
                .isPresent();
        assertThat(layers.replace(seen, first, new TokenChange.Deleted(), new Verdict.None()))
                .isEmpty();
        assertThat(layers.replace(Optional.empty(), layer(true), new TokenChange.Deleted(), new Verdict.None()))
                .isEmpty();

        Layer stored = layers.find(project, Platform.META).orElseThrow();
        assertThat(layers.revealToken(stored)).contains("b");
        assertThat(stored.updatedAt()).isAfter(first.updatedAt());
    }

    /// The other one deletes the token after the layer was found fit to be on.
    @Test
    void aLayerThatChangedMeanwhileIsNotSwitchedOn() {
        String app = app();
        Layer seen = layers.replace(Optional.empty(), layer(false), new TokenChange.Replaced("a"), new Verdict.None())
                .orElseThrow();
        layers.save(seen, new TokenChange.Deleted(), new Verdict.None());

        assertThat(apps.change(project, app, before -> store(before, "second"), switchesOn(seen)))
                .isEqualTo(new ChangeOutcome.Outdated());

        assertThat(layers.find(project, Platform.META).orElseThrow().enabled()).isFalse();
        assertThat(apps.find(project, app).orElseThrow().store().name()).isEqualTo("first");
    }

    @Test
    void aLayerIsSwitchedOnWithWhatTheCheckFound() {
        String app = app();
        Layer seen = layers.replace(Optional.empty(), layer(false), new TokenChange.Replaced("a"), new Verdict.None())
                .orElseThrow();

        assertThat(apps.change(project, app, before -> before, switchesOn(seen)))
                .isInstanceOfSatisfying(ChangeOutcome.Changed.class, changed -> assertThat(changed.switched())
                        .containsExactly(layers.find(project, Platform.META).orElseThrow()));

        Layer stored = layers.find(project, Platform.META).orElseThrow();
        assertThat(stored.enabled()).isTrue();
        assertThat(stored.token()).isEqualTo(new Layer.Token(seen.token().vaultId(), true, NOW));
        assertThat(stored.updatedAt()).isAfter(seen.updatedAt());
    }

    @Test
    void twoFirstConfigurationsOfALayer() throws Exception {
        Optional<Layer> late = overlap.together(
                () -> jdbi.inTransaction(handle -> {
                    ProjectLock.take(handle, project);
                    return overlap.meanwhile(true);
                }),
                () -> layers.replace(Optional.empty(), layer(true), new TokenChange.Kept(), new Verdict.None()));

        assertThat(late).isPresent();
    }

    private String app() {
        String id = "app_" + UUID.randomUUID().toString().replace("-", "").substring(0, 24);
        apps.insert(
                new SdkApp(
                        id,
                        project,
                        SdkPlatform.WEB,
                        new AppStoreIdentity("first", null, null, "a.example", null),
                        new SdkApp.Settings(false, Map.of(), JsonNodeFactory.instance.objectNode()),
                        new SdkApp.Times(NOW, NOW)),
                new byte[32]);
        return id;
    }

    private static SdkApps.Change switchesOn(Layer seen) {
        Layer on = seen.switchedOn(new Layer.Token(seen.token().vaultId(), true, NOW), NOW);
        return new SdkApps.Change(
                Optional.empty(), List.of(new SdkApps.CheckedLayer(seen, on, new Verdict.Accepted())), Set.of(), NOW);
    }

    private Layer layer(boolean enabled) {
        return new Layer(
                UUID.randomUUID(), project, Platform.META, enabled, "1", Layer.Token.NONE, Layer.Settings.DEFAULT, NOW);
    }

    private static Project named(Project before, String name) {
        return before.updated(ProjectProfile.named(name, "UTC"), before.status(), NOW);
    }

    private static SdkApp store(SdkApp before, String name) {
        return before.with(new AppStoreIdentity(name, null, null, "a.example", null), before.settings());
    }

    private static SdkApp off(SdkApp before, String platform) {
        return before.with(
                before.store(),
                new SdkApp.Settings(
                        false, Map.of(platform, false), before.settings().remoteConfig()));
    }

    private static final class Plain implements Vault {
        @Override
        public byte[] encrypt(byte[] plaintext, byte[] associatedData) {
            return plaintext;
        }

        @Override
        public byte[] decrypt(byte[] ciphertext, byte[] associatedData) {
            return ciphertext;
        }
    }
}
