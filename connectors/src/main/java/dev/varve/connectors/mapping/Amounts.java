package dev.varve.connectors.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads amounts and counts. A string with anything but digits, one dot and a sign is no amount: `"249,90"` is not
/// guessed. Amounts have at most 6 decimals and less than 16 digits before the dot, so that writing one is always
/// cheap.
public final class Amounts {
    private static final Pattern DECIMAL = Pattern.compile("[+-]?\\d{1,15}(\\.\\d{1,15})?");
    private static final double LIMIT = 1e15;
    private static final int DECIMALS = 6;

    private Amounts() {}

    public static @Nullable BigDecimal amount(@Nullable JsonNode node) {
        if (node == null) {
            return null;
        }
        if (node.isNumber()) {
            double number = node.doubleValue();
            return Math.abs(number) < LIMIT ? rounded(BigDecimal.valueOf(number)) : null;
        }
        if (!node.isTextual()) {
            return null;
        }
        String text = node.textValue().strip();
        return text.length() <= 32 && DECIMAL.matcher(text).matches() ? rounded(new BigDecimal(text)) : null;
    }

    /// A whole number from 0 to 2^31-1; `2.0` and `"2"` count, `2.5` does not.
    public static @Nullable Integer count(@Nullable JsonNode node) {
        BigDecimal amount = amount(node);
        if (amount == null || amount.signum() < 0 || amount.scale() > 0 || amount.precision() > 9) {
            return null;
        }
        return amount.intValue();
    }

    static BigDecimal rounded(BigDecimal amount) {
        BigDecimal shortest = amount.setScale(DECIMALS, RoundingMode.HALF_UP).stripTrailingZeros();
        return shortest.scale() < 0 ? shortest.setScale(0) : shortest;
    }
}
