package dev.varve.connectors;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/// The first bytes of a body. `complete` false: it broke off or was longer than allowed.
record BoundedBody(byte[] bytes, boolean complete) {

    /// Unpacks at most `limit` bytes; what cannot be unpacked ends the body early.
    BoundedBody unzipped(int limit) {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            byte[] chunk = new byte[4096];
            for (int read = gzip.read(chunk); read >= 0; read = gzip.read(chunk)) {
                int room = Math.min(read, limit - plain.size());
                plain.write(chunk, 0, room);
                if (room < read) {
                    return new BoundedBody(plain.toByteArray(), false);
                }
            }
            return new BoundedBody(plain.toByteArray(), complete);
        } catch (IOException e) {
            return new BoundedBody(plain.toByteArray(), false);
        }
    }
}
