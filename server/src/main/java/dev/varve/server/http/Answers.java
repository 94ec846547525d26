package dev.varve.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
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

    /// Answers GET, and HEAD with the same headers and nothing else.
    public static void get(HttpRules rules, String path, Handler handler) {
        rules.get(path, handler).head(path, handler);
    }

    /// The headers alone when the request is a HEAD: what follows them would be taken for the next answer.
    public static void send(ServerRequest request, ServerResponse response, byte[] body) {
        if (body.length >= WORTH_ZIPPING) {
            response.header(HeaderNames.VARY, "Accept-Encoding");
            if (takesGzip(request)) {
                response.header(HeaderNames.CONTENT_ENCODING, "gzip");
                write(request, response, zipped(body));
                return;
            }
        }
        write(request, response, body);
    }

    private static void write(ServerRequest request, ServerResponse response, byte[] body) {
        if (isHead(request)) {
            response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
            response.send();
        } else {
            response.send(body);
        }
    }

    private static boolean isHead(ServerRequest request) {
        return request.prologue().method().equals(Method.HEAD);
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
