package dev.varve.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Reads lists of events again and again, one request at a time.
final class PageReads {
    static final int LIMIT = 50;
    static final int FAR_PAGE = 100;
    /// The most that a page of the API holds; only for walking.
    private static final int STRIDE = 200;

    static final int ENOUGH = 100;
    private static final JsonMapper JSON = new JsonMapper();

    private final GetClient client;
    private final Duration limit;

    /// `limit`: of the reads of one shape, unless that would be less than one of each path.
    PageReads(GetClient client, Duration limit) {
        this.client = client;
        this.limit = limit;
    }

    static String first(String path) {
        return path + "limit=" + LIMIT;
    }

    /// The path of the hundredth page, or of the last when there are fewer.
    String far(String path) throws IOException {
        String cursor = "";
        int left = (FAR_PAGE - 1) * LIMIT;
        while (left > 0) {
            int stride = Math.min(STRIDE, left);
            String next = next(path, cursor, stride);
            if (next.isEmpty()) {
                return last(path, cursor);
            }
            cursor = next;
            left -= stride;
        }
        return page(path, cursor, LIMIT);
    }

    /// Events in the answers, on average.
    double itemsOf(List<String> paths) throws IOException {
        int items = 0;
        for (String path : paths) {
            items += read(path).path("items").size();
        }
        return (double) items / paths.size();
    }

    /// Reads the paths in turn, a hundred times in all.
    LatencyHistogram time(List<String> paths) throws IOException {
        LatencyHistogram latencies = new LatencyHistogram();
        long end = System.nanoTime() + limit.toNanos();
        for (int i = 0; i < Math.max(ENOUGH, paths.size()); i++) {
            if (i >= paths.size() && System.nanoTime() - end > 0) {
                return latencies;
            }
            latencies.record(client.time(paths.get(i % paths.size())));
        }
        return latencies;
    }

    int items(String path) throws IOException {
        return read(first(path)).path("items").size();
    }

    List<String> far(List<String> paths) throws IOException {
        List<String> far = new ArrayList<>();
        for (String path : paths) {
            far.add(far(path));
        }
        return far;
    }

    private String last(String path, String from) throws IOException {
        String cursor = from;
        String next = next(path, cursor, LIMIT);
        while (!next.isEmpty()) {
            cursor = next;
            next = next(path, cursor, LIMIT);
        }
        return page(path, cursor, LIMIT);
    }

    private String next(String path, String cursor, int limit) throws IOException {
        return read(page(path, cursor, limit)).path("nextCursor").asText("");
    }

    private JsonNode read(String path) throws IOException {
        return JSON.readTree(client.get(path));
    }

    private static String page(String path, String cursor, int limit) {
        return path + "limit=" + limit
                + (cursor.isEmpty() ? "" : "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.US_ASCII));
    }
}
