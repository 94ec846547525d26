package dev.varve.server.http;

import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;

/// Takes in what a refused request still sends. A client that writes while the connection is closed under it sees a
/// broken connection and never the answer, so the answer must wait for the end of a body of tolerable size.
public final class UnreadBody {
    private static final int TOLERABLE_BYTES = 32 << 20;

    private UnreadBody() {}

    /// Reads and forgets the request's body unless somebody has read it.
    public static void discard(ServerRequest request) {
        if (!request.content().hasEntity() || request.content().consumed()) {
            return;
        }
        try (InputStream body = request.content().inputStream()) {
            discard(body);
        } catch (IOException | RuntimeException e) {
            // The client is gone: nobody is left to answer.
        }
    }

    /// Reads and forgets the rest of a body, up to 32 MiB.
    public static void discard(InputStream body) throws IOException {
        byte[] scratch = new byte[8 * 1024];
        for (long left = TOLERABLE_BYTES; left > 0; ) {
            int read = body.read(scratch);
            if (read < 0) {
                return;
            }
            left -= read;
        }
    }
}
