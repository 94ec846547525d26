package dev.varve.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.DestinationState.Phase;
import dev.varve.destination.Answer;
import dev.varve.destination.ProbeResult;
import dev.varve.health.TokenStanding.Known;
import java.time.Duration;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TokenFindingTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final Answer ANSWER = new Answer(NOW, Duration.ZERO, 401, 190, "expired", null);
    private static final ProbeResult TOKEN = new ProbeResult.TokenRefused(ANSWER);
    private static final ProbeResult PIXEL = new ProbeResult.PixelRefused(ANSWER);

    @Test
    void aTokenThatWorkedIsBadAfterTwoAgreeingRefusalsAndAPixelAfterThree() {
        assertThat(find(TOKEN, Known.VALID, 0, Phase.FLOWING)).isInstanceOf(TokenFinding.Suspected.class);
        assertThat(find(TOKEN, Known.VALID, 1, Phase.FLOWING)).isInstanceOf(TokenFinding.Refused.class);
        assertThat(find(PIXEL, Known.VALID, 1, Phase.WAITING))
                .isInstanceOfSatisfying(TokenFinding.Suspected.class, found -> assertThat(found.refusals())
                        .isEqualTo(2));
        assertThat(find(PIXEL, Known.VALID, 2, Phase.WAITING))
                .isInstanceOfSatisfying(
                        TokenFinding.Refused.class,
                        found -> assertThat(found.error().code()).isEqualTo("PIXEL_INVALID"));
    }

    @Test
    void aTokenThatNeverWorkedIsBadAtOnce() {
        assertThat(find(TOKEN, Known.NOTHING, 0, Phase.FLOWING))
                .isInstanceOfSatisfying(
                        TokenFinding.Refused.class,
                        found -> assertThat(found.error().code()).isEqualTo("TOKEN_INVALID"));
    }

    @Test
    void aHeldLaneDecidesForItselfAndAStoppedOneHasDecided() {
        assertThat(find(TOKEN, Known.VALID, 1, Phase.HELD)).isInstanceOf(TokenFinding.Suspected.class);
        assertThat(find(TOKEN, Known.VALID, 0, Phase.STOPPED)).isInstanceOf(TokenFinding.Refused.class);
    }

    @Property
    void silenceAndDoubtNeverChangeAVerdict(
            @ForAll Known known, @ForAll @IntRange(max = 5) int refusals, @ForAll Phase lane) {
        assertThat(find(new ProbeResult.Unknown(ANSWER), known, refusals, lane))
                .isEqualTo(new TokenFinding.Unanswered());
        assertThat(find(new ProbeResult.Accepted(ANSWER, false), known, refusals, lane))
                .isEqualTo(new TokenFinding.Inconclusive());
    }

    private static TokenFinding find(ProbeResult result, Known known, int refusals, Phase lane) {
        return TokenFinding.of(result, new TokenStanding(known, refusals, lane));
    }
}
