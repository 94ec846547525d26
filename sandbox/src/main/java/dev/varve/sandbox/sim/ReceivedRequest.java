package dev.varve.sandbox.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A request to a simulated platform as it came, with every token replaced by `sha256:` and the first 8 characters
/// of its hash. `status` 0: no answer was sent.
@SuppressWarnings("ArrayRecordComponent")
public record ReceivedRequest(
        long number, Instant at, String method, String path, Map<String, String> headers, byte[] body, int status) {
    private static final Pattern BODY_TOKEN =
            Pattern.compile("(\"access_token\"\\s*:\\s*\")([^\"]*)|((?:^|&)(?:access_token|input_token)=)([^&\\s]*)");

    public static ReceivedRequest of(long number, Instant at, Incoming in, int status) {
        Map<String, String> headers = new TreeMap<>();
        in.headers()
                .forEach((name, values) -> headers.put(
                        name, isSecret(name) ? redactedHeader(values.getFirst()) : String.join(", ", values)));
        String path = in.rawQuery().isEmpty() ? in.path() : in.path() + "?" + redacted(in.rawQuery());
        byte[] body = in.bodyReadSoFar().map(ReceivedRequest::redacted).orElse(new byte[0]);
        return new ReceivedRequest(number, at, in.method(), path, headers, body, status);
    }

    private static boolean isSecret(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return name.equals("authorization") || name.equals("access-token") || name.equals("cookie");
    }

    private static String redactedHeader(String value) {
        String bare = value.startsWith("Bearer ") ? value.substring(7) : value;
        return (value.startsWith("Bearer ") ? "Bearer " : "") + "sha256:" + Digest.fingerprint(bare);
    }

    private static byte[] redacted(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        return text.contains("_token") ? redacted(text).getBytes(StandardCharsets.UTF_8) : body;
    }

    private static String redacted(String text) {
        return BODY_TOKEN.matcher(text).replaceAll(match -> {
            boolean json = match.group(1) != null;
            String lead = json ? match.group(1) : match.group(3);
            String token = json ? match.group(2) : match.group(4);
            return Matcher.quoteReplacement(lead + "sha256:" + Digest.fingerprint(token));
        });
    }

    long weight() {
        return body.length + 512L;
    }

    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("number", number);
        json.put("at", at.toString());
        json.put("method", method);
        json.put("path", path);
        ObjectNode heads = json.putObject("headers");
        headers.forEach(heads::put);
        json.put("body", new String(body, StandardCharsets.UTF_8));
        json.put("status", status);
        return json;
    }
}
