package dev.varve.store.postgres.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.DeadLetters;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.replay.PostgresDeadLetters;
import dev.varve.store.postgres.replay.PostgresJobs;
import dev.varve.tenant.ChildOrganization;
import dev.varve.tenant.ChildOrganizations.Migration;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import dev.varve.tenant.Project;
import dev.varve.tenant.ProjectProfile;
import dev.varve.tenant.Projects;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What goes with a project that moves to a child.
@SuppressWarnings("NullAway.Init")
class MigrateProjectsTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");

    private Jdbi jdbi;
    private PostgresChildOrganizations children;
    private Projects.Owner parent;
    private UUID child;

    @BeforeEach
    void organizations() {
        jdbi = postgres.database().jdbi();
        children = new PostgresChildOrganizations(jdbi);
        parent = new Projects.Owner(UUID.randomUUID(), Mode.LIVE);
        child = UUID.randomUUID();
        new PostgresOrganizations(jdbi).insert(organization(parent.organizationId(), null));
        children.insert(new ChildOrganization(
                organization(child, parent.organizationId()), Map.of(), new ChildOrganization.Times(NOW, null)));
    }

    @Test
    void jobsGoWithTheirProject() {
        UUID moving = project(parent.organizationId());
        UUID staying = project(parent.organizationId());
        job("job_" + moving, moving);
        job("job_" + staying, staying);

        assertThat(children.migrate(parent, child, Set.of(moving), NOW)).isEqualTo(new Migration.Moved());

        PostgresJobs jobs = new PostgresJobs(jdbi, () -> NOW);
        assertThat(jobs.find(child, "job_" + moving)).isPresent();
        assertThat(jobs.find(parent.organizationId(), "job_" + moving)).isEmpty();
        assertThat(jobs.find(parent.organizationId(), "job_" + staying)).isPresent();
    }

    @Test
    void aReplayThatWaitsForTheMoveIsAJobOfTheChild() throws Exception {
        UUID moving = project(parent.organizationId());
        Overlap overlap = Overlap.on(jdbi);
        DeadLetters.Filter all = new DeadLetters.Filter(
                moving, Set.of(), Optional.empty(), Optional.empty(), Set.of(), DeadLetters.Period.ALL);
        DeadLetters.Requester requester = new DeadLetters.Requester(parent.organizationId(), null, null);

        Optional<DeadLetters.Replay> replay = overlap.together(
                () -> jdbi.inTransaction(_ -> overlap.meanwhile(children.migrate(parent, child, Set.of(moving), NOW))),
                () -> new PostgresDeadLetters(jdbi).replay(all, requester, 1, NOW));

        assertThat(new PostgresJobs(jdbi, () -> NOW)
                        .find(child, replay.orElseThrow().jobId()))
                .isPresent();
    }

    @Test
    void aCustomerThatTheChildGetsMeanwhileIsADuplicate() throws Exception {
        UUID moving = project(parent.organizationId());
        UUID there = project(child);
        customer(moving);
        Overlap overlap = Overlap.on(jdbi);

        Migration migration = overlap.together(
                () -> jdbi.inTransaction(_ -> {
                    customer(there);
                    return overlap.meanwhile(there);
                }),
                () -> children.migrate(parent, child, Set.of(moving), NOW));

        assertThat(migration).isEqualTo(new Migration.DuplicateCustomer());
        assertThat(new PostgresProjects(jdbi).find(parent, moving)).isPresent();
    }

    private void customer(UUID project) {
        jdbi.useHandle(
                handle -> handle.execute("update project set customer_external_id = 'c-1' where id = ?", project));
    }

    private void job(String id, UUID project) {
        jdbi.useHandle(handle -> handle.execute(
                "insert into job (id, organization_id, project_id, kind, status, total, created_at)"
                        + " values (?, ?, ?, 'dead_letter_replay', 'completed', 1, now())",
                id,
                parent.organizationId(),
                project));
    }

    private UUID project(UUID organization) {
        UUID id = UUID.randomUUID();
        new PostgresProjects(jdbi)
                .insert(new Project(
                        id,
                        organization,
                        Mode.LIVE,
                        Project.Status.ACTIVE,
                        ProjectProfile.named("Shop", "UTC"),
                        new Project.Times(NOW, NOW, null)));
        return id;
    }

    private static Organization organization(UUID id, @Nullable UUID parentId) {
        return new Organization(id, parentId, "Test", Organization.Status.ACTIVE, Mode.LIVE, null, NOW);
    }
}
