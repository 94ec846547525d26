package dev.varve.bench;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// From launching the process on existing data to the first accepted event.
final class StartTime {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private StartTime() {}

    /// `server` was launched a moment ago and nobody has waited for it.
    static Figure measure(Program server, String appId) throws IOException, InterruptedException {
        while (!isAccepted(server, appId)) {
            if (server.sinceStart().compareTo(LIMIT) > 0) {
                throw new IOException("No event was accepted within " + LIMIT);
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        double seconds = server.sinceStart().toMillis() / 1000.0;
        return new Figure(
                "start on existing data to first accepted event",
                String.format("%.2f s", seconds),
                "< 4 s",
                seconds < 4);
    }

    private static boolean isAccepted(Program server, String appId) throws InterruptedException {
        String body = "{\"events\":[{\"event\":\"app_open\",\"timestamp\":\"2026-01-01T00:00:00Z\"}]}";
        try {
            HttpResponse<String> answer = server.send("POST", "/l/events", body, "X-App-Id", appId);
            return answer.statusCode() == 202;
        } catch (IOException e) {
            return false; // nobody listens yet
        }
    }
}
