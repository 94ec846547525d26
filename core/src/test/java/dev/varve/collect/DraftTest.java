package dev.varve.collect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.collect.CollectOutcome.Issue;
import dev.varve.collect.DraftOutcome.Drafted;
import dev.varve.collect.DraftOutcome.Invalid;
import dev.varve.collect.DraftOutcome.Unconsented;
import org.junit.jupiter.api.Test;

/// A draft is what would be stored, and nothing is.
class DraftTest {
    private final CollectFixture fixture = new CollectFixture();

    @Test
    void aDraftEqualsWhatIsStored() {
        String body = CollectFixture.serverBody(
                "\"eventId\":\"e-1\",\"appUserId\":\"u\",\"user\":{\"email\":\" Ann@Example.COM \"},\"properties\":{\"revenue\":7.50}");
        assertThat(fixture.draft(body)).isInstanceOfSatisfying(Drafted.class, drafted -> {
            assertThat(fixture.stored).isEmpty();
            fixture.server(body);
            assertThat(drafted.event().identity())
                    .isEqualTo(fixture.stored.getLast().identity());
            assertThat(drafted.event().document())
                    .isEqualTo(fixture.stored.getLast().document());
        });
    }

    @Test
    void whatIngestRefusesIsNoDraft() {
        assertThat(fixture.draft("{\"events\":[{\"name\":\"\",\"occurredAt\":\"2026-11-04T16:00:00Z\"}]}"))
                .isEqualTo(new Invalid(java.util.List.of(new Issue("events[0].name", "must not be empty"))));
        assertThat(fixture.draft("{")).isInstanceOf(Invalid.class);
        assertThat(fixture.draft("{\"events\":[]}")).isInstanceOf(Invalid.class);
    }

    @Test
    void everyProblemOfAServersEventIsNamedOnce() {
        assertThat(fixture.draft("{\"events\":[{\"name\":7,\"properties\":7,\"consent\":{\"analytics\":7}}]}"))
                .isInstanceOfSatisfying(Invalid.class, invalid -> assertThat(invalid.issues())
                        .extracting(Issue::path)
                        .containsExactly(
                                "events[0].name",
                                "events[0].properties",
                                "events[0].consent.analytics",
                                "events[0].occurredAt"));
    }

    @Test
    void aDeniedEventIsNotInvalid() {
        assertThat(fixture.draft(CollectFixture.serverBody("\"consent\":{\"analytics\":false}")))
                .isEqualTo(new Unconsented());
        assertThat(fixture.stored).isEmpty();
    }
}
