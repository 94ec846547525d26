package dev.varve.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.function.BiConsumer;

/// How many digits a number may have where callers store what they like. `jsonb` writes exponents out, so `1e100000`
/// takes 100 kB, and from `1e131072` on PostgreSQL refuses it. Every number that a double can hold fits.
final class NumberLimit {
    static final int MOST_DIGITS = 400;

    private NumberLimit() {}

    /// Tells of every number within that is too long, by its path below `path`.
    static void check(JsonNode node, String path, BiConsumer<String, String> issues) {
        switch (node.getNodeType()) {
            case OBJECT ->
                node.properties().forEach(member -> check(member.getValue(), path + "." + member.getKey(), issues));
            case ARRAY -> {
                for (int i = 0; i < node.size(); i++) {
                    check(node.get(i), path + "[" + i + "]", issues);
                }
            }
            case NUMBER -> {
                long digits = digits(node.decimalValue());
                if (digits > MOST_DIGITS) {
                    issues.accept(
                            path, "at most " + MOST_DIGITS + " digits when written without exponent, got " + digits);
                }
            }
            case STRING, BOOLEAN, NULL, POJO, BINARY, MISSING -> {}
        }
    }

    /// Of the number without exponent, with the zero before a decimal point.
    private static long digits(BigDecimal number) {
        long scale = number.scale();
        return scale <= 0 ? number.precision() - scale : Math.max(number.precision(), scale + 1);
    }
}
