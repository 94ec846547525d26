package dev.varve.store.postgres.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.DestinationState;
import dev.varve.delivery.DestinationState.Phase;
import dev.varve.delivery.LedgerWrite;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.health.TokenChecks;
import dev.varve.health.TokenChecksContract;
import dev.varve.health.TokenFinding;
import dev.varve.health.TokenStanding.Known;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.ledger.PostgresDeliveryLedger;
import dev.varve.store.postgres.tenant.PostgresLayers;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Layers.LayerError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresTokenChecksTest extends TokenChecksContract {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");

    private LayersForTests layers = new LayersForTests(postgres);

    @BeforeEach
    void begin() {
        layers = new LayersForTests(postgres);
        layers.clear();
    }

    @Override
    protected TokenChecks checks() {
        return new PostgresTokenChecks(layers.jdbi(), layers.rows());
    }

    @Override
    protected Destination.Key layer(Known known, Instant at) {
        return layers.add(Platform.META, known == Known.VALID, known == Known.NOTHING ? null : at, at);
    }

    @Override
    protected void configure(Destination.Key key, Instant at) {
        layers.configure(key, "pixel", at);
    }

    @Override
    protected void lane(Destination.Key key, Phase phase) {
        jdbi().useHandle(handle -> handle.execute(
                "insert into destination_state (project_id, platform, state) values (?, ?, ?)"
                        + " on conflict (project_id, platform) do update set state = excluded.state",
                key.projectId(),
                key.platform().ordinal(),
                phase.wireName()));
    }

    @Override
    protected Seen seen(Destination.Key key) {
        Layer layer = layers.find(key);
        return new Seen(
                layer.token().valid(),
                layer.token().validatedAt(),
                phase(key),
                new PostgresLayers(jdbi(), layers.rows().vault()).lastError(layer, NOW),
                audited(key));
    }

    private Optional<Phase> phase(Destination.Key key) {
        return jdbi().withHandle(handle -> handle.select(
                        "select state from destination_state where project_id = ?", key.projectId())
                .map((row, context) -> Phase.valueOf(row.getString("state").toUpperCase(Locale.ROOT)))
                .findOne());
    }

    private List<Boolean> audited(Destination.Key key) {
        return jdbi().withHandle(handle -> handle.select(
                        "select data->>'valid' valid from audit_row where project_id = ? and actor = 'system' and mode = 'live'"
                                + " and event_type = 'capi.token_validated' and data->>'platform' = 'meta_ads'"
                                + " and subject_type = 'layer' and subject_id = ? order by occurred_at",
                        key.projectId(),
                        "lyr_" + layers.find(key).id())
                .map((row, context) -> Boolean.valueOf(row.getString("valid")))
                .list());
    }

    @Test
    void archivedProjectsAndSuspendedOrganizationsAreLeftAlone() {
        Destination.Key archived = layer(Known.VALID, NOW.minus(Duration.ofHours(6)));
        Destination.Key suspended = layer(Known.VALID, NOW.minus(Duration.ofHours(6)));
        jdbi().useHandle(handle -> {
            handle.execute("update project set status = 'archived' where id = ?", archived.projectId());
            handle.execute(
                    "update organization set status = 'suspended' where id = (select organization_id from project where id = ?)",
                    suspended.projectId());
        });
        assertThat(checks().claim(Platform.META, new TokenChecks.Window(NOW, NOW.plusSeconds(90_000), NOW), 9))
                .isEmpty();
    }

    @Test
    void aRefusalWhileForwardingMakesTheCheckDueAtOnce() {
        Destination.Key key = layer(Known.VALID, NOW);
        write(new DestinationState(key, Phase.HELD, null, NOW, NOW.plusSeconds(9), error(NOW.plusSeconds(9))));
        Instant due = Instant.now().plusSeconds(1);
        assertThat(checks().claim(Platform.META, new TokenChecks.Window(due, Instant.MAX, due), 9))
                .hasSize(1)
                .allSatisfy(one -> assertThat(one.standing().lane()).isEqualTo(Phase.HELD));
    }

    @Test
    void whatForwardingConfirmsIsAuditedOnceAndWhatItAcceptsMakesTheTokenValid() {
        Destination.Key key = layer(Known.NOTHING, NOW);
        write(new DestinationState(key, Phase.FLOWING, null, NOW.plusSeconds(1), null, null));
        assertThat(seen(key).valid()).isTrue();
        assertThat(seen(key).validatedAt()).isEqualTo(NOW.plusSeconds(1));
        write(new DestinationState(key, Phase.FLOWING, null, NOW.plusSeconds(11), null, null));
        assertThat(seen(key).validatedAt()).isEqualTo(NOW.plusSeconds(11));
        assertThat(seen(key).audited()).containsExactly(true);

        Instant refused = NOW.plusSeconds(20);
        write(new DestinationState(key, Phase.STOPPED, "TOKEN", NOW.plusSeconds(11), refused, error(refused)));
        assertThat(seen(key).valid()).isFalse();
        assertThat(seen(key).audited()).containsExactly(true, false);
    }

    @Test
    void whatALaneLearnedOfTheTokenBeforeDoesNotTouchTheNewOne() {
        Destination.Key key = layer(Known.VALID, NOW);
        configure(key, NOW.plusSeconds(10));
        Instant before = NOW.plusSeconds(5);
        write(new DestinationState(key, Phase.STOPPED, "TOKEN", NOW, before, error(before)));
        assertThat(seen(key).valid()).isTrue();
    }

    @Test
    void anErrorThatACheckFoundOutlivesTheNextAcceptedRequest() {
        Instant start = Instant.now().minusSeconds(600);
        Destination.Key key = layer(Known.NOTHING, start);
        write(new DestinationState(key, Phase.WAITING, null, null, start, error(start)));
        TokenChecks.Window window = new TokenChecks.Window(Instant.now(), Instant.MAX, Instant.now());
        Instant found = start.plusSeconds(10);
        LayerError error = new LayerError(found, "PIXEL_INVALID", "unknown pixel", 100);
        checks().record(
                        checks().claim(Platform.META, window, 1).getFirst(),
                        new TokenFinding.Refused(error),
                        found,
                        Instant.now());
        write(new DestinationState(key, Phase.FLOWING, null, start.plusSeconds(20), null, error(start)));
        assertThat(seen(key).error()).map(LayerError::code).contains("PIXEL_INVALID");
        write(new DestinationState(key, Phase.FLOWING, null, start.plusSeconds(30), null, null));
        assertThat(seen(key).error()).map(LayerError::code).contains("PIXEL_INVALID");
        assertThat(seen(key).valid()).isTrue();
    }

    private void write(DestinationState state) {
        LedgerWrite write = new LedgerWrite(UUID.randomUUID(), 1);
        write.states.put(state.destination(), state);
        new PostgresDeliveryLedger(jdbi()).record(write);
    }

    private static DestinationState.LastError error(Instant at) {
        return new DestinationState.LastError(at, "TOKEN_INVALID", "expired", 190);
    }

    private static Jdbi jdbi() {
        return postgres.database().jdbi();
    }
}
