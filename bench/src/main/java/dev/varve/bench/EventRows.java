package dev.varve.bench;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/// Rows of the table `event` in PostgreSQL's binary COPY format.
final class EventRows {
    static final String COPY =
            "copy event (log_offset, occurred_at, received_at, project_id, app_id, event_id, name, source,"
                    + " synthetic, environment, platform, user_id, install_id, session_id, document) from stdin (format binary)";
    static final UUID PROJECT = UUID.fromString("553b1ece-d8be-4051-be35-1cb962aae2e8");

    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final long EPOCH_2000_SECONDS = 946_684_800L;
    private static final byte[] DOCUMENT =
            ("{\"properties\":{\"revenue\":7.5,\"currency\":\"EUR\",\"product_id\":\"sku-1\","
                            + "\"$page_url\":\"https://shop.example.com/thanks\"},\"context\":{\"osVersion\":\"15\",\"appVersion\":"
                            + "\"1.4.0\",\"deviceModel\":\"PC\",\"locale\":\"de-DE\",\"url\":\"https://shop.example.com/thanks\"},"
                            + "\"match\":{\"external_id\":[\"44ed0cc365bc16cd0373ce2cbf5bc1362206acf344e254edfd9389e33ee6dc2b\"]}}")
                    .getBytes(StandardCharsets.UTF_8);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 20);
    private final DataOutputStream out = new DataOutputStream(bytes);

    EventRows() throws IOException {
        out.write(SIGNATURE);
        out.writeInt(0);
        out.writeInt(0);
    }

    void add(long offset, Instant occurredAt, Instant receivedAt) throws IOException {
        out.writeShort(15);
        out.writeInt(8);
        out.writeLong(offset);
        time(occurredAt);
        time(receivedAt);
        out.writeInt(16);
        out.writeLong(PROJECT.getMostSignificantBits());
        out.writeLong(PROJECT.getLeastSignificantBits());
        text("app_bb86d28894e61b49cac37482");
        text(String.format("bench-%030x", offset));
        text("purchase_success");
        out.writeInt(2);
        out.writeShort(0);
        out.writeInt(1);
        out.writeByte(0);
        text("production");
        text("web");
        text("reader-5521");
        text("inst-7f2c");
        text("sess-91");
        out.writeInt(DOCUMENT.length);
        out.write(DOCUMENT);
    }

    byte[] finish() throws IOException {
        out.writeShort(-1);
        return bytes.toByteArray();
    }

    private void time(Instant instant) throws IOException {
        out.writeInt(8);
        out.writeLong((instant.getEpochSecond() - EPOCH_2000_SECONDS) * 1_000_000 + instant.getNano() / 1_000);
    }

    private void text(String value) throws IOException {
        byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(encoded.length);
        out.write(encoded);
    }
}
