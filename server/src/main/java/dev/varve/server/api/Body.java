package dev.varve.server.api;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.varve.collect.ByteOrderMark;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.server.http.UnreadBody;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Reads request bodies within their limits.
final class Body {
    static final int LIMIT = 1 << 20;
    static final int EVENTS_LIMIT = 8 << 20;
    /// Some work on what was read goes down level by level, on stacks of 512 kB.
    static final int MOST_LEVELS = 100;

    private static final StreamReadConstraints CONSTRAINTS =
            StreamReadConstraints.builder().maxNestingDepth(MOST_LEVELS).build();
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(CONSTRAINTS)
                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Body() {}

    /// The bytes of a JSON body; empty when there is none.
    static byte[] bytes(ServerRequest request, int limit) {
        byte[] body = read(request, limit);
        if (body.length > 0 && !isJson(request)) {
            throw new ApiException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "the body must be application/json, got "
                            + ApiCall.shown(request.headers()
                                    .first(HeaderNames.CONTENT_TYPE)
                                    .orElse("")));
        }
        return ByteOrderMark.without(body);
    }

    /// The bytes of any body, whatever its type; a route reads them again afterwards.
    static byte[] raw(ServerRequest request, int limit) {
        return read(request, limit);
    }

    /// 422 when the body is no JSON or is missing.
    static JsonNode json(ServerRequest request) {
        JsonNode body = parse(bytes(request, LIMIT));
        if (body.isMissingNode()) {
            throw ApiException.invalid("", "a JSON body is needed");
        }
        return body;
    }

    /// As `json`, but a missing body reads as an empty object.
    static JsonNode optionalJson(ServerRequest request) {
        JsonNode body = parse(bytes(request, LIMIT));
        return body.isMissingNode() ? JSON.createObjectNode() : body;
    }

    static ApiException unreadable() {
        return ApiException.invalid("", "the body is not readable JSON");
    }

    private static JsonNode parse(byte[] body) {
        try {
            return CleanText.of(JSON.readTree(body));
        } catch (StreamConstraintsException e) {
            throw ApiException.invalid(
                    "",
                    "the body has more than " + MOST_LEVELS + " levels, a number of more than "
                            + CONSTRAINTS.getMaxNumberLength() + " digits, or a name of more than "
                            + CONSTRAINTS.getMaxNameLength() + " characters");
        } catch (JacksonException e) {
            throw unreadable();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The unzipped body, kept with the request: it can be read once only from the wire.
    private record Known(byte[] bytes) {}

    private static byte[] read(ServerRequest request, int limit) {
        byte[] body = request.context()
                .get(Known.class)
                .orElseGet(() -> {
                    Known known = new Known(readOnce(request, limit));
                    request.context().register(known);
                    return known;
                })
                .bytes();
        if (body.length > limit) {
            throw tooLarge(limit);
        }
        return body;
    }

    private static byte[] readOnce(ServerRequest request, int limit) {
        OptionalLong length = request.headers().contentLength();
        if (length.isPresent() && length.getAsLong() > limit) {
            throw tooLarge(limit);
        }
        boolean isZipped = isZipped(request);
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream raw = request.content().inputStream()) {
            byte[] body = isZipped ? unzipped(raw, limit) : raw.readNBytes(limit + 1);
            UnreadBody.discard(raw);
            if (body.length > limit) {
                throw tooLarge(limit);
            }
            return body;
        } catch (ZipException | EOFException e) {
            throw ApiException.invalid("", isZipped ? "the body is not valid gzip" : "the body ended early");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One byte past the limit a bomb is given up.
    private static byte[] unzipped(InputStream raw, int limit) throws IOException {
        try {
            return new GZIPInputStream(raw, 4096).readNBytes(limit + 1);
        } catch (ZipException | EOFException e) {
            UnreadBody.discard(raw);
            throw e;
        }
    }

    private static boolean isZipped(ServerRequest request) {
        String encoding = request.headers()
                .first(HeaderNames.CONTENT_ENCODING)
                .orElse("identity")
                .strip()
                .toLowerCase(Locale.ROOT);
        return switch (encoding) {
            case "gzip", "x-gzip" -> true;
            case "", "identity" -> false;
            default ->
                throw new ApiException(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "the only content encoding taken is gzip");
        };
    }

    private static boolean isJson(ServerRequest request) {
        String type = request.headers()
                .first(HeaderNames.CONTENT_TYPE)
                .orElse("application/json")
                .toLowerCase(Locale.ROOT)
                .split(";", 2)[0]
                .trim();
        return type.equals("application/json") || type.endsWith("+json");
    }

    private static ApiException tooLarge(int limit) {
        return new ApiException(
                ErrorCode.PAYLOAD_TOO_LARGE,
                "the body is larger than " + limit + " bytes",
                Map.of("limitBytes", limit));
    }
}
