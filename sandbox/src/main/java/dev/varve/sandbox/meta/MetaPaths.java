package dev.varve.sandbox.meta;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads `/v26.0/900100200300400/events`. `edge` empty: the object itself.
record MetaPaths(int version, String object, String edge) {
    private static final Pattern PATH = Pattern.compile("/v([0-9]{1,3})\\.([0-9])/([^/]+)(?:/([^/]+))?/?");
    static final int OLDEST = 21;
    static final int NEWEST = 26;

    static Optional<MetaPaths> parse(String path) {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String edge = matcher.group(4) == null ? "" : matcher.group(4);
        return Optional.of(new MetaPaths(Integer.parseInt(matcher.group(1)), matcher.group(3), edge));
    }

    static String objectOf(String path) {
        return parse(path).map(MetaPaths::object).orElse("0");
    }

    boolean isExpired() {
        return version < OLDEST;
    }

    boolean isUnborn() {
        return version > NEWEST;
    }

    boolean isEdge(String name) {
        return edge.equals(name);
    }
}
