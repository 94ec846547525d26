package dev.varve.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/// Sends bodies, zipped where the client takes that and it is worth the work.
public final class Answers {
    /// Below it the headers weigh more than what is saved.
    static final int WORTH_ZIPPING = 1024;

    private Answers() {}

    public static void send(ServerRequest request, ServerResponse response, byte[] body) {
        if (body.length < WORTH_ZIPPING) {
            response.send(body);
            return;
        }
        response.header(HeaderNames.VARY, "Accept-Encoding");
        if (!takesGzip(request)) {
            response.send(body);
            return;
        }
        response.header(HeaderNames.CONTENT_ENCODING, "gzip");
        response.send(zipped(body));
    }

    private static boolean takesGzip(ServerRequest request) {
        return request.headers().contains(HeaderNames.ACCEPT_ENCODING)
                && takesGzip(String.join(
                        ",", request.headers().get(HeaderNames.ACCEPT_ENCODING).allValues()));
    }

    /// An `Accept-Encoding` that names gzip, or `*`, without forbidding it by `q=0`.
    static boolean takesGzip(String accepted) {
        return Arrays.stream(accepted.toLowerCase(Locale.ROOT).split(","))
                .map(String::strip)
                .filter(coding -> coding.matches("(gzip|x-gzip|\\*)(\\s*;.*)?"))
                .anyMatch(coding -> !coding.matches(".*;\\s*q\\s*=\\s*0(\\.0*)?\\s*"));
    }

    private static byte[] zipped(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 2);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
