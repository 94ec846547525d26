package dev.varve.connectors.meta;

import static dev.varve.connectors.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.connectors.Samples;
import dev.varve.connectors.StubPlatform;
import dev.varve.connectors.StubPlatform.Reply;
import dev.varve.destination.Destination;
import dev.varve.destination.Destination.Mapping;
import dev.varve.destination.PlatformCounts;
import dev.varve.destination.PlatformCounts.Counted;
import dev.varve.destination.PlatformCounts.Period;
import dev.varve.destination.PlatformCounts.Unknown;
import dev.varve.destination.PlatformCounts.Unreadable;
import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetaStatsTest {
    private static final Instant NINE = Instant.parse("2026-11-18T09:00:00Z");
    private static final String NEXT = "'next':'http://127.0.0.1:1/stats?access_token=sbx_ok_1&after=B'";
    private final StubPlatform meta = new StubPlatform();

    @AfterEach
    void stop() {
        meta.close();
    }

    @Test
    void hoursAreSummedOverNamesAndFinalUntilThreeHoursAgo() {
        meta.answering(_ -> new Reply(
                200,
                "{'data':["
                        + "{'start_time':'2026-11-18T07:00:00+0000','aggregation':'event','data':["
                        + "{'value':'Purchase','count':41},{'value':'AddToCart','count':'187'}]},"
                        + "{'start_time':" + NINE.getEpochSecond() + ",'data':[{'value':'Purchase','count':2}]},"
                        + "{'start_time':'" + NINE.getEpochSecond() + "','data':[{'value':'Lead','count':3}]},"
                        + "{'start_time':'2026-11-18T10:00:00+00:00','data':[{'value':'Lead','count':5}]},"
                        + "{'start_time':'noon','data':[{'value':'Lead','count':7}]},"
                        + "{'start_time':'2026-11-18T11:00:00Z','data':[{'value':'Lead','count':'x'}]}]}"));

        assertThat(counts(NOW.minus(Duration.ofHours(6)), NOW))
                .isEqualTo(new Counted(
                        List.of(
                                new Period(NINE.minusSeconds(7200), NINE.minusSeconds(3600), 228),
                                new Period(NINE, NINE.plusSeconds(3600), 5),
                                new Period(NINE.plusSeconds(3600), NINE.plusSeconds(7200), 5)),
                        NINE));
        assertThat(meta.requests()).singleElement().satisfies(request -> {
            assertThat(request.method()).isEqualTo("GET");
            assertThat(request.bearer()).isEqualTo("Bearer sbx_ok_1");
            assertThat(request.path())
                    .startsWith("/v26.0/900100200300400/stats?aggregation=event&event_source=SERVER_ONLY&")
                    .doesNotContain("sbx_ok_1");
        });
    }

    @Test
    void furtherPagesAreFetchedByCursorAndTheLinkIsNeverFollowed() {
        meta.answering(request -> new Reply(
                200,
                request.path().contains("after=B")
                        ? "{'data':[" + bucket(9) + "],'paging':{'cursors':{'before':'B'}}}"
                        : "{'data':[" + bucket(8) + "],'paging':{'cursors':{'after':'B'}," + NEXT + "}}"));

        assertThat(counts(NOW.minus(Duration.ofHours(6)), NOW))
                .isInstanceOfSatisfying(
                        Counted.class, counted -> assertThat(counted.periods()).hasSize(2));
        assertThat(meta.requests()).hasSize(2).noneMatch(request -> request.path()
                .contains("access_token"));
    }

    @Test
    void aCursorThatDoesNotMoveEndsThePages() {
        meta.answering(_ -> new Reply(200, "{'data':[" + bucket(9) + "],'paging':{'cursors':{'after':'A'}}}"));

        assertThat(counts(NOW.minus(Duration.ofHours(6)), NOW)).isInstanceOf(Counted.class);
        assertThat(meta.requests()).hasSize(2);
    }

    @Test
    void noMoreThanSevenDaysAreAskedFor() {
        meta.answering(_ -> new Reply(200, "{'data':[]}"));

        counts(NOW.minus(Duration.ofDays(30)), NOW.plusSeconds(60));

        long oldest = NOW.minus(Duration.ofDays(7)).getEpochSecond();
        String path = meta.requests().getFirst().path();
        long start = Long.parseLong(path.replaceAll(".*start_time=(\\d+).*", "$1"));
        assertThat(start).isBetween(oldest, oldest + 3600);
        assertThat(path).endsWith("end_time=" + NOW.getEpochSecond());
    }

    @Test
    void anEarlierRangeIsFinalUpToItsEndOnlyAndAnEmptyOneCostsNoRequest() {
        meta.answering(_ -> new Reply(200, "{'data':[]}"));
        Instant end = NOW.minus(Duration.ofHours(20));

        assertThat(counts(end.minus(Duration.ofHours(2)), end))
                .isEqualTo(new Counted(List.of(), Instant.parse("2026-11-17T16:00:00Z")));
        counts(NOW.minus(Duration.ofDays(40)), NOW.minus(Duration.ofDays(30)));
        assertThat(meta.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"400,100,33", "403,10,0", "403,200,0", "403,294,0"})
    void aTokenThatMayNotReadIsAStatedReasonAndNoError(int status, int code, int subcode) {
        meta.answering(_ -> error(status, code, subcode));

        assertThat(counts(NOW.minus(Duration.ofHours(6)), NOW))
                .isInstanceOfSatisfying(Unreadable.class, unreadable -> assertThat(unreadable.reason())
                        .contains("ads_read")
                        .doesNotContain("sbx_"));
    }

    @ParameterizedTest
    @CsvSource({"401,190,0", "400,100,0", "400,368,0", "400,80004,0", "500,2,0"})
    void everythingElseIsNoVerdict(int status, int code, int subcode) {
        meta.answering(_ -> error(status, code, subcode));

        assertThat(counts(NOW.minus(Duration.ofHours(6)), NOW)).isInstanceOf(Unknown.class);
    }

    @Test
    void anAnswerThatIsNoListIsNoVerdict() {
        meta.answering(_ -> new Reply(200, "<html>"));

        assertThat(counts(NOW.minus(Duration.ofHours(6)), NOW)).isInstanceOf(Unknown.class);
    }

    @Test
    void aFullWeekOfAHundredNamesAnHourIsRead() {
        String names = IntStream.range(0, 100)
                .mapToObj(i -> "{'value':'a_rather_long_name_of_an_event_" + i + "','count':1}")
                .collect(Collectors.joining(","));
        meta.answering(_ -> new Reply(
                200,
                "{'data':["
                        + IntStream.range(0, 100)
                                .mapToObj(hour -> "{'start_time':"
                                        + NOW.minus(Duration.ofHours(hour + 1)).getEpochSecond() + ",'data':[" + names
                                        + "]}")
                                .collect(Collectors.joining(","))
                        + "]}"));

        assertThat(counts(NOW.minus(Duration.ofDays(7)), NOW))
                .isInstanceOfSatisfying(Counted.class, counted -> assertThat(counted.periods())
                        .hasSize(100)
                        .allMatch(period -> period.events() == 100));
    }

    private static String bucket(int hour) {
        return "{'start_time':'2026-11-18T0" + hour + ":00:00+0000','data':[{'value':'Lead','count':1}]}";
    }

    private static Reply error(int status, int code, int subcode) {
        return new Reply(
                status,
                "{'error':{'message':'m','code':" + code + ",'error_subcode':" + subcode + ",'fbtrace_id':'t'}}");
    }

    private PlatformCounts counts(Instant from, Instant until) {
        Destination destination =
                Samples.destination(Platform.META, "900100200300400", Mapping.DEFAULT, meta.endpoint(), true);
        return new MetaConnector(meta.client(), InstantSource.fixed(NOW), MetaSettings.DEFAULT)
                .counts(destination, from, until);
    }
}
