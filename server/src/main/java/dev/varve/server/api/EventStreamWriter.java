package dev.varve.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.health.TailMessage;
import dev.varve.health.TailSubscription;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Writes a live tail as `text/event-stream`. A comment goes out at once, so that the client knows it is connected, and
/// then once a heartbeat.
final class EventStreamWriter {
    private static final String COMMENT = ": listening\n\n";

    private final OutputStream out;
    private final EventJson json;
    private final Duration heartbeat;
    private long lastComment;

    EventStreamWriter(OutputStream out, EventJson json, Duration heartbeat) {
        this.out = out;
        this.json = json;
        this.heartbeat = heartbeat;
    }

    /// Returns when the tail is over.
    void write(TailSubscription subscription) throws IOException, InterruptedException {
        comment();
        while (true) {
            switch (subscription.take(untilComment())) {
                case TailMessage.Appeared event -> send("id: " + event.id() + "\n", "event", json.item(event.entry()));
                case TailMessage.Settled event -> send("", "forwarding", EventJson.standing(event.entry()));
                case TailMessage.Gap gap -> send("", "gap", Json.object().put("dropped", gap.dropped()));
                case TailMessage.Quiet _ -> {}
                case TailMessage.Ended _ -> {
                    return;
                }
            }
            if (untilComment().isZero()) {
                comment();
            }
        }
    }

    private void send(String id, String name, JsonNode data) throws IOException {
        flush(id + "event: " + name + "\ndata: " + data + "\n\n");
    }

    private void comment() throws IOException {
        flush(COMMENT);
        lastComment = System.nanoTime();
    }

    private Duration untilComment() {
        long left = heartbeat.toNanos() - (System.nanoTime() - lastComment);
        return Duration.ofNanos(Math.max(0, left));
    }

    private void flush(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
