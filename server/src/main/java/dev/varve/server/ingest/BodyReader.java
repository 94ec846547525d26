package dev.varve.server.ingest;

import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.server.http.UnreadBody;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.ServerRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Reads the body of an ingest request, unzipping it as it goes and never holding more than the limit: a gzip bomb is
/// given up one byte past it.
public final class BodyReader {
    private static final int FIRST_BUFFER = 8 * 1024;

    private final BodyBudget budget;

    public BodyReader(BodyBudget budget) {
        this.budget = budget;
    }

    /// @throws ApiException 413, 415, 400 for broken gzip, 503 when memory for large bodies is short
    Body read(ServerRequest request) {
        ServerRequestHeaders headers = request.headers();
        requireJson(headers);
        boolean gzip = isGzip(headers);
        OptionalLong length = headers.contentLength();
        if (length.isPresent() && length.getAsLong() > IngestLimits.MAX_BODY_BYTES) {
            throw tooLarge();
        }
        if (!request.content().hasEntity()) {
            return new Body(new byte[0], budget.share());
        }
        BodyBudget.Share share = budget.share();
        try {
            return new Body(bytes(request, gzip, length, share), share);
        } catch (RuntimeException e) {
            share.close();
            throw e;
        }
    }

    private static byte[] bytes(ServerRequest request, boolean gzip, OptionalLong length, BodyBudget.Share share) {
        try (InputStream raw = request.content().inputStream()) {
            try {
                return bytes(raw, gzip, length, share);
            } catch (ApiException e) {
                UnreadBody.discard(raw);
                throw e;
            }
        } catch (ZipException | EOFException e) {
            throw unreadable(gzip ? "the body is not valid gzip" : "the body ended early");
        } catch (IOException e) {
            throw unreadable("the body could not be read");
        }
    }

    private static byte[] bytes(InputStream raw, boolean gzip, OptionalLong length, BodyBudget.Share share)
            throws IOException {
        if (gzip) {
            return drain(new GZIPInputStream(raw, 4096), FIRST_BUFFER, share);
        }
        int first = length.isPresent() ? (int) Math.min(length.getAsLong() + 1, BodyBudget.FREE_BYTES) : FIRST_BUFFER;
        return drain(raw, first, share);
    }

    private static byte[] drain(InputStream in, int first, BodyBudget.Share share) throws IOException {
        byte[] buffer = new byte[first];
        int size = 0;
        while (true) {
            int read = in.read(buffer, size, buffer.length - size);
            if (read < 0) {
                return size == buffer.length ? buffer : Arrays.copyOf(buffer, size);
            }
            size += read;
            if (size > IngestLimits.MAX_BODY_BYTES) {
                throw tooLarge();
            }
            if (size == buffer.length) {
                int larger = Math.min(buffer.length * 2, IngestLimits.MAX_BODY_BYTES + 1);
                share.growTo(larger);
                buffer = Arrays.copyOf(buffer, larger);
            }
        }
    }

    private static void requireJson(ServerRequestHeaders headers) {
        if (!headers.contains(HeaderNames.CONTENT_TYPE)) {
            return;
        }
        String type = headers.get(HeaderNames.CONTENT_TYPE).get();
        if (type.equals("application/json")) {
            return;
        }
        int semicolon = type.indexOf(';');
        String bare =
                (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
        if (!bare.equals("application/json") && !bare.equals("text/plain")) {
            throw new ApiException(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "send JSON as application/json or text/plain");
        }
    }

    private static boolean isGzip(ServerRequestHeaders headers) {
        if (!headers.contains(HeaderNames.CONTENT_ENCODING)) {
            return false;
        }
        String encoding =
                headers.get(HeaderNames.CONTENT_ENCODING).get().strip().toLowerCase(Locale.ROOT);
        if (encoding.equals("gzip") || encoding.equals("x-gzip")) {
            return true;
        }
        if (encoding.isEmpty() || encoding.equals("identity")) {
            return false;
        }
        throw new ApiException(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "the only content encoding taken is gzip");
    }

    private static ApiException tooLarge() {
        return new ApiException(
                ErrorCode.PAYLOAD_TOO_LARGE,
                "the body is larger than 10 MiB",
                Map.of("limitBytes", IngestLimits.MAX_BODY_BYTES));
    }

    private static ApiException unreadable(String message) {
        return ApiException.invalid("", message).withStatus(400);
    }

    /// A body and its share of the budget, given back on close.
    record Body(byte[] bytes, BodyBudget.Share share) implements AutoCloseable {
        @Override
        public void close() {
            share.close();
        }
    }
}
