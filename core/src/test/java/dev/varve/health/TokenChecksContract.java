package dev.varve.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.DestinationState.Phase;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.health.TokenChecks.Due;
import dev.varve.health.TokenChecks.Window;
import dev.varve.health.TokenStanding.Known;
import dev.varve.tenant.Layers.LayerError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What everything that shares out token checks must do. Starts every test without layers.
public abstract class TokenChecksContract {
    private static final Instant CONFIGURED = Instant.parse("2026-11-04T06:00:00Z");
    private static final Instant DUE = CONFIGURED.plus(Duration.ofHours(6));
    private static final Instant LATER = DUE.plusSeconds(5);
    private static final LayerError ERROR = new LayerError(LATER, "TOKEN_INVALID", "expired", 190);

    protected abstract TokenChecks checks();

    /// A new project whose layer is configured at this time with pixel and token; next check due 6 h later.
    protected abstract Destination.Key layer(Known known, Instant at);

    /// The same layer, configured again with another token that the platform accepts.
    protected abstract void configure(Destination.Key key, Instant at);

    protected abstract void lane(Destination.Key key, Phase phase);

    protected abstract Seen seen(Destination.Key key);

    /// `audited`: what the rows of the trail say of `valid`, oldest first.
    public record Seen(
            boolean valid,
            @Nullable Instant validatedAt,
            Optional<Phase> lane,
            Optional<LayerError> error,
            List<Boolean> audited) {}

    @Test
    void whatIsDueIsGivenToOneProcessWithItsTokenAndStanding() {
        Destination.Key key = layer(Known.VALID, CONFIGURED);
        assertThat(claim(DUE.minusSeconds(1))).isEmpty();
        Due due = only(claim(DUE));
        assertThat(due.destination().key()).isEqualTo(key);
        assertThat(due.destination().accessToken().orElseThrow().value()).isEqualTo("token");
        assertThat(due.standing()).isEqualTo(new TokenStanding(Known.VALID, 0, Phase.FLOWING));
        assertThat(claim(DUE)).as("another process").isEmpty();
        assertThat(claim(DUE.plusSeconds(120))).as("the first one died").hasSize(1);
    }

    @Test
    void theLongestOverdueComeFirstAndNoMoreThanAskedFor() {
        Destination.Key second = layer(Known.VALID, CONFIGURED.plusSeconds(1));
        Destination.Key first = layer(Known.VALID, CONFIGURED);
        assertThat(only(checks().claim(Platform.META, window(DUE.plusSeconds(9)), 1))
                        .destination()
                        .key())
                .isEqualTo(first);
        assertThat(only(checks().claim(Platform.META, window(DUE.plusSeconds(9)), 1))
                        .destination()
                        .key())
                .isEqualTo(second);
        assertThat(checks().claim(Platform.TIKTOK, window(DUE.plusSeconds(9)), 1))
                .isEmpty();
    }

    @Test
    void aQuickerPaceHoldsForWhatWaitsLongerThanItAllows() {
        layer(Known.VALID, CONFIGURED);
        Window quick = new Window(CONFIGURED.plusSeconds(10), CONFIGURED.plusSeconds(70), CONFIGURED.plusSeconds(60));
        assertThat(checks().claim(Platform.META, quick, 9)).hasSize(1);
    }

    @Test
    void aRefusalIsKeptShownAuditedOnceAndAcceptedAgainLater() {
        Destination.Key key = layer(Known.VALID, CONFIGURED);
        assertThat(record(only(claim(DUE)), new TokenFinding.Refused(ERROR), LATER))
                .isTrue();
        assertThat(seen(key))
                .isEqualTo(new Seen(false, LATER, Optional.of(Phase.FLOWING), Optional.of(ERROR), List.of(false)));

        Due again = only(claim(LATER.plusSeconds(60)));
        assertThat(again.standing().known()).isEqualTo(Known.REFUSED);
        record(again, new TokenFinding.Refused(ERROR), LATER.plusSeconds(61));
        assertThat(seen(key).audited()).containsExactly(false);

        record(only(claim(LATER.plusSeconds(200))), new TokenFinding.Confirmed(), LATER.plusSeconds(201));
        assertThat(seen(key).valid()).isTrue();
        assertThat(seen(key).validatedAt()).isEqualTo(LATER.plusSeconds(201));
        assertThat(seen(key).audited()).containsExactly(false, true);
        assertThat(seen(key).error()).as("kept for 24 h").contains(ERROR);
    }

    @Test
    void aSuspicionIsCountedAndChangesNothingElse() {
        Destination.Key key = layer(Known.VALID, CONFIGURED);
        record(only(claim(DUE)), new TokenFinding.Suspected(ERROR, 1), LATER);
        assertThat(seen(key).valid()).isTrue();
        assertThat(seen(key).validatedAt()).isEqualTo(CONFIGURED);
        assertThat(seen(key).audited()).isEmpty();
        Due again = only(claim(LATER.plusSeconds(60)));
        assertThat(again.standing().refusals()).isEqualTo(1);
        record(again, new TokenFinding.Unanswered(), LATER.plusSeconds(60));
        Due third = only(claim(LATER.plusSeconds(180)));
        assertThat(third.standing().refusals()).as("silence takes nothing back").isEqualTo(1);
        record(third, new TokenFinding.Confirmed(), LATER.plusSeconds(180));
        assertThat(only(claim(LATER.plusSeconds(300))).standing().refusals()).isZero();
    }

    @Test
    void aProbeThatCannotTellLeavesTheTokenWithoutVerdict() {
        Destination.Key key = layer(Known.NOTHING, CONFIGURED);
        Due due = only(claim(DUE));
        assertThat(due.standing().known()).isEqualTo(Known.NOTHING);
        record(due, new TokenFinding.Inconclusive(), LATER);
        assertThat(seen(key).valid()).isFalse();
        assertThat(seen(key).validatedAt()).isNull();
        assertThat(seen(key).audited()).isEmpty();
    }

    @Test
    void theFirstVerdictIsAChange() {
        Destination.Key key = layer(Known.NOTHING, CONFIGURED);
        record(only(claim(DUE)), new TokenFinding.Refused(ERROR), LATER);
        assertThat(seen(key).audited()).containsExactly(false);
    }

    @Test
    void anAcceptedTokenPutsAStoppedDestinationBackToWorkButLeavesAHeldOneToItsLane() {
        Destination.Key stopped = layer(Known.VALID, CONFIGURED);
        lane(stopped, Phase.STOPPED);
        record(only(claim(DUE)), new TokenFinding.Confirmed(), LATER);
        assertThat(seen(stopped).lane()).contains(Phase.FLOWING);

        lane(stopped, Phase.HELD);
        record(only(claim(LATER.plusSeconds(60))), new TokenFinding.Confirmed(), LATER.plusSeconds(60));
        assertThat(seen(stopped).lane()).contains(Phase.HELD);
    }

    @Test
    void aVerdictOnATokenThatWasReplacedMeanwhileIsDropped() {
        Destination.Key key = layer(Known.VALID, CONFIGURED);
        Due due = only(claim(DUE));
        configure(key, DUE.plusSeconds(1));
        assertThat(record(due, new TokenFinding.Refused(ERROR), LATER)).isFalse();
        Seen seen = seen(key);
        assertThat(seen.valid()).isTrue();
        assertThat(seen.error()).isEmpty();
        assertThat(seen.audited()).isEmpty();
    }

    private List<Due> claim(Instant now) {
        return checks().claim(Platform.META, window(now), 10);
    }

    private static Window window(Instant now) {
        return new Window(now, now.plus(Duration.ofDays(1)), now.plusSeconds(120));
    }

    /// Next check a minute later.
    private boolean record(Due due, TokenFinding finding, Instant at) {
        return checks().record(due, finding, at, at.plusSeconds(50));
    }

    private static Due only(List<Due> dues) {
        assertThat(dues).hasSize(1);
        return dues.getFirst();
    }
}
