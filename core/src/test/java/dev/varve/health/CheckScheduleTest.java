package dev.varve.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.DestinationState.Phase;
import dev.varve.health.TokenStanding.Known;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Layers.LayerError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CheckScheduleTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final LayerError ERROR = new LayerError(NOW, "TOKEN_INVALID", "expired", 190);
    private static final List<TokenFinding> FINDINGS = List.of(
            new TokenFinding.Confirmed(),
            new TokenFinding.Inconclusive(),
            new TokenFinding.Suspected(ERROR, 1),
            new TokenFinding.Refused(ERROR),
            new TokenFinding.Unanswered());

    @Test
    void aTokenThatWorksIsAskedAboutEverySixHours() {
        assertThat(after(new TokenFinding.Confirmed(), Known.VALID)).isEqualTo(Duration.ofHours(6));
        assertThat(after(new TokenFinding.Inconclusive(), Known.NOTHING)).isEqualTo(Duration.ofHours(6));
    }

    @Test
    void silenceIsAskedAgainAfterAMinute() {
        assertThat(after(new TokenFinding.Unanswered(), Known.NOTHING)).isEqualTo(Duration.ofMinutes(1));
        assertThat(after(new TokenFinding.Unanswered(), Known.VALID)).isEqualTo(Duration.ofMinutes(1));
        assertThat(after(new TokenFinding.Suspected(ERROR, 1), Known.VALID)).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aRefusedTokenIsAskedAboutEveryQuarterOfAnHour() {
        assertThat(after(new TokenFinding.Refused(ERROR), Known.VALID)).isEqualTo(Duration.ofMinutes(15));
        assertThat(after(new TokenFinding.Inconclusive(), Known.REFUSED)).isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void afterAConfigurationTheVerdictOnItDecides() {
        UUID vault = UUID.randomUUID();
        assertThat(CheckSchedule.DEFAULT.afterSave(new Layer.Token(vault, true, NOW), NOW))
                .isEqualTo(NOW.plus(Duration.ofHours(6)));
        assertThat(CheckSchedule.DEFAULT.afterSave(new Layer.Token(vault, false, NOW), NOW))
                .isEqualTo(NOW.plus(Duration.ofMinutes(15)));
        assertThat(CheckSchedule.DEFAULT.afterSave(new Layer.Token(vault, false, null), NOW))
                .isEqualTo(NOW.plus(Duration.ofMinutes(1)));
    }

    @Property
    void nothingWaitsLongerThanATokenThatWorks(
            @ForAll @IntRange(min = 1, max = 100_000) int seconds, @ForAll Known known, @ForAll Phase lane) {
        CheckSchedule schedule = new CheckSchedule(Duration.ofSeconds(seconds));
        for (TokenFinding finding : FINDINGS) {
            Instant next = schedule.after(finding, new TokenStanding(known, 0, lane), NOW);
            assertThat(next).isAfter(NOW).isBeforeOrEqualTo(NOW.plusSeconds(seconds));
        }
    }

    private static Duration after(TokenFinding finding, Known known) {
        TokenStanding standing = new TokenStanding(known, 0, Phase.FLOWING);
        return Duration.between(NOW, CheckSchedule.DEFAULT.after(finding, standing, NOW));
    }
}
