package dev.varve.connectors.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.AnswerBody;
import dev.varve.connectors.PlatformAnswer;
import dev.varve.connectors.PlatformHttp;
import dev.varve.connectors.PlatformHttp.Exchange;
import dev.varve.destination.Answer;
import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.Destination;
import dev.varve.destination.PlatformCounts;
import dev.varve.destination.PlatformCounts.Unknown;
import dev.varve.destination.PlatformCounts.Unreadable;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/// Asks TikTok for something with a destination's token. A query may hold a secret, so no address is ever kept.
record TikTokReads(PlatformHttp http, TikTokAnswerReader reader, Duration timeout) {
    sealed interface Result {
        /// The envelope's `data`.
        record Data(JsonNode json) implements Result {}

        /// `why`: `Unreadable` when asking again would change nothing, else `Unknown`.
        record Refused(PlatformCounts why) implements Result {}
    }

    Result get(Destination destination, String path, Map<String, String> query) {
        String token = destination.accessToken().orElseThrow().value();
        String address = destination.endpoint() + path + "?" + encoded(query);
        return switch (http.get(address, Map.of("Access-Token", token), timeout)) {
            case Exchange.Answered answered -> read(answered.answer());
            case Exchange.Broken broken -> new Result.Refused(new Unknown(broken.answer()));
            case Exchange.Impossible impossible -> unreadable(impossible.answer());
        };
    }

    private Result read(PlatformAnswer answer) {
        return switch (reader.read(answer, 0)) {
            case AttemptOutcome.Delivered _ ->
                new Result.Data(AnswerBody.read(answer).orElseThrow().path("data"));
            case AttemptOutcome.Throttled other -> new Result.Refused(new Unknown(other.answer()));
            case AttemptOutcome.Unavailable other -> new Result.Refused(new Unknown(other.answer()));
            case AttemptOutcome.Blocked other -> new Result.Refused(new Unknown(other.answer()));
            case AttemptOutcome.PartlyStored other -> new Result.Refused(new Unknown(other.answer()));
            case AttemptOutcome.Unauthorized refused -> unreadable(refused.answer());
            case AttemptOutcome.Misconfigured refused -> unreadable(refused.answer());
            case AttemptOutcome.Rejected refused -> unreadable(refused.answer());
            case AttemptOutcome.PartlyRejected refused -> unreadable(refused.answer());
            case AttemptOutcome.TooLarge refused -> unreadable(refused.answer());
        };
    }

    private static Result unreadable(Answer answer) {
        Integer code = answer.platformCode();
        String number = code == null ? "HTTP " + answer.httpStatus() : "code " + code;
        return new Result.Refused(new Unreadable("TikTok does not let the token read statistics (" + number + "): "
                + (answer.message() == null ? "no message" : answer.message())));
    }

    private static String encoded(Map<String, String> query) {
        return query.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
