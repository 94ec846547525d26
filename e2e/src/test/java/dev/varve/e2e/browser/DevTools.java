package dev.varve.e2e.browser;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/// The DevTools protocol over a pair of pipes: JSON messages, each ended by a zero byte. Thread-safe.
///
/// https://chromedevtools.github.io/devtools-protocol/
final class DevTools {
    /// For one call. It bounds a failure only: a page whose script is at work answers when it is done, and on a busy
    /// machine Swagger UI is at work for half a minute.
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private static final JsonMapper JSON = new JsonMapper();

    private final OutputStream out;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final Map<String, BiConsumer<String, JsonNode>> listeners = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private DevTools(OutputStream out) {
        this.out = out;
    }

    static DevTools over(InputStream in, OutputStream out) {
        DevTools tools = new DevTools(out);
        Thread.ofVirtual().name("devtools").start(() -> tools.read(new BufferedInputStream(in)));
        return tools;
    }

    /// Calls `listener` with every event of this session: its method and its parameters. On the reading thread, so it
    /// must not call back.
    void listen(String session, BiConsumer<String, JsonNode> listener) {
        listeners.put(session, listener);
    }

    /// A call to the browser itself.
    JsonNode call(String method, Map<String, ?> parameters) {
        return call("", method, parameters);
    }

    /// A call within a session; empty for the browser itself. Returns the result.
    ///
    /// @throws AssertionError when the browser refuses, ends, or does not answer in time
    JsonNode call(String session, String method, Map<String, ?> parameters) {
        long id = ids.incrementAndGet();
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(parameters));
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        ended.whenComplete((_, _) -> answer.completeExceptionally(new IOException("the browser has ended")));
        try {
            write(message);
            return answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (IOException | ExecutionException e) {
            throw new AssertionError(method + ": " + e.getMessage(), e);
        } catch (TimeoutException e) {
            throw new AssertionError(method + ": no answer within " + LIMIT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            waiting.remove(id);
        }
    }

    private void write(ObjectNode message) throws IOException {
        byte[] bytes = (message + "\0").getBytes(StandardCharsets.UTF_8);
        synchronized (out) {
            out.write(bytes);
            out.flush();
        }
    }

    private void read(InputStream in) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        try (in) {
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next == 0) {
                    take(message.toString(StandardCharsets.UTF_8));
                    message.reset();
                } else {
                    message.write(next);
                }
            }
        } catch (IOException e) {
            // The pipe of a process that ends; whoever waits is told below.
        } finally {
            ended.complete(null);
        }
    }

    private void take(String text) {
        JsonNode message = parsed(text);
        if (!message.has("id")) {
            listeners
                    .getOrDefault(message.path("sessionId").asText(), (_, _) -> {})
                    .accept(message.path("method").asText(), message.path("params"));
            return;
        }
        CompletableFuture<JsonNode> answer = waiting.get(message.path("id").asLong());
        if (answer == null) {
            return;
        }
        if (message.has("error")) {
            answer.completeExceptionally(
                    new IOException(message.path("error").path("message").asText()));
        } else {
            answer.complete(message.path("result"));
        }
    }

    private static JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
