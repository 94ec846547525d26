package dev.varve.click;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One parameter of a query, decoded.
public record Parameter(String name, String value) {
    private static final int MAX_PARAMETERS = 200;

    /// The parameters of a raw query in their order; those that are wrongly encoded, and those without a name, are left
    /// out.
    public static List<Parameter> parse(@Nullable String query) {
        List<Parameter> parameters = new ArrayList<>();
        if (query == null) {
            return parameters;
        }
        for (String pair : query.split("&", MAX_PARAMETERS)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = decoded(equals < 0 ? "" : pair.substring(equals + 1));
            if (name != null && value != null && !name.isEmpty()) {
                parameters.add(new Parameter(name, value));
            }
        }
        return parameters;
    }

    String encoded() {
        return encoded(name) + "=" + encoded(value);
    }

    private static @Nullable String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
