package dev.varve.store.postgres.health;

import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.tenant.DestinationRows;
import dev.varve.store.postgres.tenant.PostgresLayers;
import dev.varve.store.postgres.tenant.PostgresOrganizations;
import dev.varve.store.postgres.tenant.PostgresProjects;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Layers.TokenChange;
import dev.varve.tenant.Layers.Verdict;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import dev.varve.tenant.Project;
import dev.varve.tenant.ProjectProfile;
import dev.varve.tenant.Vault;
import java.time.Instant;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// Layers of fresh projects in a test's database.
final class LayersForTests {
    private static final Vault OPEN = new Vault() {
        @Override
        public byte[] encrypt(byte[] plaintext, byte[] associatedData) {
            return plaintext;
        }

        @Override
        public byte[] decrypt(byte[] ciphertext, byte[] associatedData) {
            return ciphertext;
        }
    };

    private final Jdbi jdbi;
    private final PostgresLayers layers;

    LayersForTests(PostgresForTests postgres) {
        this.jdbi = postgres.database().jdbi();
        this.layers = new PostgresLayers(jdbi, OPEN);
    }

    Jdbi jdbi() {
        return jdbi;
    }

    DestinationRows rows() {
        return new DestinationRows(OPEN, (_, _) -> "http://localhost:1");
    }

    void clear() {
        jdbi.useHandle(handle -> {
            for (String table : new String[] {
                "platform_count",
                "platform_count_state",
                "layer",
                "destination_state",
                "audit_row",
                "delivery_rollup",
                "delivery_minute",
                "delivery_hour"
            }) {
                handle.execute("delete from " + table);
            }
        });
    }

    Destination.Key add(Platform platform, boolean valid, @Nullable Instant validatedAt, Instant at) {
        Project project = project(at);
        Layer layer = new Layer(
                UUID.randomUUID(),
                project.id(),
                platform,
                true,
                "pixel",
                new Layer.Token(null, valid, validatedAt),
                Layer.Settings.DEFAULT,
                at);
        layers.save(layer, new TokenChange.Replaced("token"), new Verdict.None());
        return new Destination.Key(project.id(), platform);
    }

    Layer find(Destination.Key key) {
        return layers.find(key.projectId(), key.platform()).orElseThrow();
    }

    /// Configured again with another token that the platform accepts.
    void configure(Destination.Key key, String pixelId, Instant at) {
        Layer before = find(key);
        save(before, pixelId, before.settings(), at, new TokenChange.Replaced("another"));
    }

    void testEventCode(Destination.Key key, @Nullable String code, Instant at) {
        Layer before = find(key);
        Layer.Settings settings = new Layer.Settings(code, null, null, null, null);
        save(before, before.pixelId(), settings, at, new TokenChange.Kept());
    }

    private void save(Layer before, @Nullable String pixelId, Layer.Settings settings, Instant at, TokenChange change) {
        layers.save(
                new Layer(
                        before.id(),
                        before.projectId(),
                        before.platform(),
                        true,
                        pixelId,
                        new Layer.Token(before.token().vaultId(), true, at),
                        settings,
                        at),
                change,
                new Verdict.None());
    }

    private Project project(Instant at) {
        Organization organization =
                new Organization(UUID.randomUUID(), null, "Test", Organization.Status.ACTIVE, Mode.LIVE, null, at);
        new PostgresOrganizations(jdbi).insert(organization);
        Project project = new Project(
                UUID.randomUUID(),
                organization.id(),
                Mode.LIVE,
                Project.Status.ACTIVE,
                ProjectProfile.named("Test", "UTC"),
                new Project.Times(at, at, null));
        new PostgresProjects(jdbi).insert(project);
        return project;
    }
}
