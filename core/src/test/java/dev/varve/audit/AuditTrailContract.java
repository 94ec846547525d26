package dev.varve.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.audit.AuditTrail.Filter;
import dev.varve.audit.AuditTrail.Origin;
import dev.varve.audit.AuditTrail.Position;
import dev.varve.audit.AuditTrail.Row;
import dev.varve.audit.AuditTrail.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What every audit trail must do.
public abstract class AuditTrailContract {
    protected static final Instant NOW = Instant.parse("2026-11-04T12:00:00.123Z");

    protected final UUID organization = UUID.randomUUID();

    /// A trail whose clock stands at `NOW`.
    protected abstract AuditTrail trail();

    @Test
    void aRowComesBackAsItWasWritten() {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("method", "POST");
        data.putArray("fields").add("name").add("a\\\\u0000b");
        Row row = new Row(
                UUID.randomUUID(),
                "api.request",
                NOW,
                new Origin(organization, "partner_api", UUID.randomUUID(), "req_1"),
                UUID.randomUUID(),
                new Subject(Subject.LAYER, "lyr_1"),
                data);
        trail().record(row);
        Row bare = new Row(
                UUID.randomUUID(),
                "auth.key_rejected",
                NOW.minusSeconds(1),
                new Origin(organization, "system", null, null),
                null,
                null,
                JsonNodeFactory.instance.objectNode());
        trail().record(bare);
        assertThat(trail().page(all(), Optional.empty(), 9)).containsExactly(row, bare);
    }

    @Test
    void whatAStoreCannotHoldIsLeftOut() {
        Row row = row("api.request", NOW);
        row.data().put("path", "a\0b");
        trail().record(row);
        assertThat(trail().page(all(), Optional.empty(), 9)).hasSize(1);
    }

    @Test
    void pagesComeNewestFirstAndContinueWhereTheyEnded() {
        List<UUID> same = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            same.add(record(row("a.same", NOW.minusSeconds(5))));
        }
        UUID newest = record(row("a.newest", NOW));
        record(new Row(
                UUID.randomUUID(),
                "a.other",
                NOW,
                new Origin(UUID.randomUUID(), "system", null, null),
                null,
                null,
                JsonNodeFactory.instance.objectNode()));
        same.sort(java.util.Comparator.comparing(UUID::toString));
        List<UUID> expected = new ArrayList<>(List.of(newest));
        expected.addAll(same);
        assertThat(walk(all(), 2)).isEqualTo(expected);
    }

    @Test
    void filtersAreExactAndTimesInclusive() {
        Row row = new Row(
                UUID.randomUUID(),
                "layer.updated",
                NOW.minusSeconds(10),
                new Origin(organization, "partner_api", UUID.randomUUID(), null),
                UUID.randomUUID(),
                new Subject(Subject.LAYER, "lyr_7"),
                JsonNodeFactory.instance.objectNode());
        record(row);
        record(row("x.before", NOW.minusSeconds(11)));
        record(row("x.after", NOW.minusSeconds(9)));
        Instant at = row.occurredAt();
        List.of(
                        filter(Optional.of("layer"), Optional.empty(), Optional.empty(), Optional.empty()),
                        filter(Optional.empty(), Optional.of("lyr_7"), Optional.empty(), Optional.empty()),
                        filter(Optional.empty(), Optional.empty(), Optional.of("layer.updated"), Optional.empty()),
                        filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(at)),
                        new Filter(
                                organization,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.ofNullable(row.projectId()),
                                Optional.ofNullable(row.origin().apiKeyId()),
                                Optional.empty(),
                                Optional.empty()))
                .forEach(filter -> assertThat(walk(filter, 9)).containsExactly(row.id()));
        assertThat(walk(filter(Optional.of("project"), Optional.empty(), Optional.empty(), Optional.empty()), 9))
                .isEmpty();
    }

    /// A project's id is `prj_<uuid>` where it is stored.
    @Test
    void aSubjectIsFoundByEitherFormOfItsId() {
        UUID project = UUID.randomUUID();
        Row row = new Row(
                UUID.randomUUID(),
                "project.updated",
                NOW,
                new Origin(organization, "partner_api", null, null),
                project,
                new Subject("project", "prj_" + project),
                JsonNodeFactory.instance.objectNode());
        record(row);
        for (String id :
                List.of("prj_" + project, project.toString(), project.toString().toUpperCase(Locale.ROOT))) {
            for (Optional<String> type : List.of(Optional.of("project"), Optional.<String>empty())) {
                assertThat(walk(filter(type, Optional.of(id), Optional.empty(), Optional.empty()), 9))
                        .containsExactly(row.id());
            }
            assertThat(walk(filter(Optional.of("layer"), Optional.of(id), Optional.empty(), Optional.empty()), 9))
                    .isEmpty();
        }
    }

    @Test
    void nothingOlderThanNinetyDaysIsShown() {
        UUID young = record(row("a.b", NOW.minus(Duration.ofDays(90))));
        record(row("a.b", NOW.minus(Duration.ofDays(90)).minusMillis(1)));
        assertThat(walk(all(), 9)).containsExactly(young);
        Filter longAgo = new Filter(
                organization,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Instant.EPOCH),
                Optional.empty());
        assertThat(walk(longAgo, 9)).containsExactly(young);
    }

    protected final UUID record(Row row) {
        trail().record(row);
        return row.id();
    }

    protected final Row row(String eventType, Instant at) {
        return new Row(
                UUID.randomUUID(),
                eventType,
                at,
                new Origin(organization, "system", null, null),
                null,
                null,
                JsonNodeFactory.instance.objectNode());
    }

    protected final List<UUID> walk(Filter filter, int limit) {
        List<UUID> ids = new ArrayList<>();
        List<Row> page = trail().page(filter, Optional.empty(), limit);
        while (!page.isEmpty()) {
            page.forEach(row -> ids.add(row.id()));
            Row last = page.getLast();
            page = trail().page(filter, Optional.of(new Position(last.occurredAt(), last.id())), limit);
        }
        return ids;
    }

    protected final Filter all() {
        return filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /// `at`: the only moment.
    protected final Filter filter(
            Optional<String> subjectType,
            Optional<String> subjectId,
            Optional<String> eventType,
            Optional<Instant> at) {
        return new Filter(organization, subjectType, subjectId, eventType, Optional.empty(), Optional.empty(), at, at);
    }
}
