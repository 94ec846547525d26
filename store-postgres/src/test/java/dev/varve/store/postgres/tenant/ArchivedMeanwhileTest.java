package dev.varve.store.postgres.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.store.postgres.PostgresForTests;
import dev.varve.tenant.ChildOrganization;
import dev.varve.tenant.IssuedKeys;
import dev.varve.tenant.KeyMint;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import dev.varve.tenant.Project;
import dev.varve.tenant.ProjectProfile;
import dev.varve.tenant.Projects;
import dev.varve.tenant.RateLimitTier;
import dev.varve.tenant.Scopes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Nothing within an archived organization is active, whatever was under way when it was archived.
@SuppressWarnings("NullAway.Init")
class ArchivedMeanwhileTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");

    private Jdbi jdbi;
    private Overlap overlap;
    private PostgresChildOrganizations children;
    private PostgresProjects projects;
    private PostgresIssuedKeys keys;
    private Projects.Owner parent;
    private Projects.Owner child;

    @BeforeEach
    void organizations() {
        jdbi = postgres.database().jdbi();
        overlap = Overlap.on(jdbi);
        children = new PostgresChildOrganizations(jdbi);
        projects = new PostgresProjects(jdbi);
        keys = new PostgresIssuedKeys(jdbi);
        parent = new Projects.Owner(UUID.randomUUID(), Mode.LIVE);
        child = new Projects.Owner(UUID.randomUUID(), Mode.LIVE);
        new PostgresOrganizations(jdbi).insert(organization(parent.organizationId(), null));
        children.insert(new ChildOrganization(
                organization(child.organizationId(), parent.organizationId()),
                Map.of(),
                new ChildOrganization.Times(NOW, null)));
    }

    @Test
    void aProjectThatIsMadeAfterwardsIsRefused() throws Exception {
        assertThat(afterTheArchive(() -> projects.insert(project(Project.Status.ACTIVE))))
                .isEqualTo(Projects.Saved.ORGANIZATION_ARCHIVED);
        assertThat(active()).isZero();
    }

    @Test
    void aProjectThatIsRestoredAfterwardsStaysArchived() throws Exception {
        Project archived = inserted(Project.Status.ARCHIVED);
        assertThat(afterTheArchive(() -> projects.change(child, archived.id(), ArchivedMeanwhileTest::restored)))
                .isEqualTo(new Projects.Changed.OrganizationArchived());
        assertThat(active()).isZero();
    }

    @Test
    void aProjectThatIsRestoredBeforeIsArchivedAgain() throws Exception {
        Project archived = inserted(Project.Status.ARCHIVED);
        List<UUID> again = overlap.together(
                        () -> projects.change(child, archived.id(), before -> overlap.meanwhile(restored(before))),
                        () -> children.archive(parent, child.organizationId(), NOW))
                .orElseThrow()
                .projects();
        assertThat(again).containsExactly(archived.id());
        assertThat(active()).isZero();
    }

    @Test
    void aProjectThatIsMadeBeforeIsArchived() throws Exception {
        List<UUID> archived = overlap.together(
                        () -> jdbi.inTransaction(
                                _ -> overlap.meanwhile(projects.insert(project(Project.Status.ACTIVE)))),
                        () -> children.archive(parent, child.organizationId(), NOW))
                .orElseThrow()
                .projects();
        assertThat(archived).hasSize(1);
        assertThat(active()).isZero();
    }

    @Test
    void aKeyThatIsMintedAfterwardsIsRefused() throws Exception {
        assertThat(afterTheArchive(() -> keys.insert(minted(), List.of())))
                .isEqualTo(IssuedKeys.Inserted.ORGANIZATION_ARCHIVED);
        assertThat(usableKeys()).isZero();
    }

    @Test
    void aKeyThatIsMintedBeforeIsRevoked() throws Exception {
        int revoked = overlap.together(
                        () -> jdbi.inTransaction(_ -> overlap.meanwhile(keys.insert(minted(), List.of()))),
                        () -> children.archive(parent, child.organizationId(), NOW))
                .orElseThrow()
                .revokedKeys();
        assertThat(revoked).isEqualTo(1);
        assertThat(usableKeys()).isZero();
    }

    @Test
    void aKeyThatIsRotatedAfterwardsHasNoSuccessor() throws Exception {
        KeyMint.MintedKey old = minted();
        keys.insert(old, List.of());
        assertThat(afterTheArchive(() -> keys.rotate(old.key().id(), minted(), NOW.plusSeconds(9))))
                .isEmpty();
        assertThat(usableKeys()).isZero();
    }

    @Test
    void bothKeysOfARotationBeforeAreRevoked() throws Exception {
        KeyMint.MintedKey old = minted();
        keys.insert(old, List.of());
        int revoked = overlap.together(
                        () -> jdbi.inTransaction(
                                _ -> overlap.meanwhile(keys.rotate(old.key().id(), minted(), NOW.plusSeconds(9)))),
                        () -> children.archive(parent, child.organizationId(), NOW))
                .orElseThrow()
                .revokedKeys();
        assertThat(revoked).isEqualTo(2);
        assertThat(usableKeys()).isZero();
    }

    private <T> T afterTheArchive(Callable<T> write) throws Exception {
        return overlap.together(
                () -> jdbi.inTransaction(_ -> overlap.meanwhile(children.archive(parent, child.organizationId(), NOW))),
                write);
    }

    private int active() {
        return projects.list(
                        child,
                        new Projects.Filter(Optional.of(Project.Status.ACTIVE), Optional.empty(), Optional.empty()),
                        Optional.empty(),
                        9)
                .size();
    }

    private long usableKeys() {
        return keys.list(child.organizationId(), Optional.empty(), 9).stream()
                .filter(key -> key.isActive(NOW))
                .count();
    }

    private Project inserted(Project.Status status) {
        Project project = project(status);
        projects.insert(project);
        return project;
    }

    private Project project(Project.Status status) {
        return new Project(
                UUID.randomUUID(),
                child.organizationId(),
                Mode.LIVE,
                status,
                ProjectProfile.named("Shop", "UTC"),
                new Project.Times(NOW, NOW, status == Project.Status.ACTIVE ? null : NOW));
    }

    private static Project restored(Project before) {
        return before.updated(before.profile(), Project.Status.ACTIVE, NOW);
    }

    private KeyMint.MintedKey minted() {
        return new KeyMint()
                .mint(
                        new KeyMint.Grant(
                                child.organizationId(), Mode.LIVE, "key", Scopes.of("*"), RateLimitTier.STANDARD),
                        NOW);
    }

    private static Organization organization(UUID id, @Nullable UUID parentId) {
        return new Organization(id, parentId, "Test", Organization.Status.ACTIVE, Mode.LIVE, null, NOW);
    }
}
