package dev.varve.collect;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/// Reads ISO 8601 points of time: `YYYY-MM-DD`, then optionally `T` and `hh:mm`, seconds, a fraction (kept to the
/// millisecond, which is what is shown and asked for) and a zone (`Z`, `+hh:mm`, `+hhmm`, `+hh`). Years 1 to 9999.
final class IsoTime {
    private final String text;
    private int at;
    private int decimals;

    private IsoTime(String text) {
        this.text = text;
    }

    /// A time, whether a zone was given (without one UTC is taken), and how many decimals its seconds had.
    record Reading(Instant time, boolean hasZone, int decimals) {}

    static @Nullable Reading parse(String text) {
        if (text.length() < 10 || text.length() > 64) {
            return null;
        }
        try {
            return new IsoTime(text).read();
        } catch (DateTimeException e) {
            return null;
        }
    }

    private @Nullable Reading read() {
        int year = digits(4);
        boolean isDateFormed = take('-');
        int month = digits(2);
        isDateFormed &= take('-');
        int day = digits(2);
        if (!isDateFormed || year < 1 || month < 0 || day < 0) {
            return null;
        }
        long seconds = LocalDate.of(year, month, day).toEpochDay() * 86_400L;
        if (at == text.length()) {
            return new Reading(Instant.ofEpochSecond(seconds), false, 0);
        }
        if (!take('T') && !take('t') && !take(' ')) {
            return null;
        }
        return readTime(seconds);
    }

    private @Nullable Reading readTime(long date) {
        int hour = digits(2);
        boolean isTimeFormed = take(':');
        int minute = digits(2);
        int second = take(':') ? digits(2) : 0;
        if (!isTimeFormed || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
            return null;
        }
        long millis = take('.') || take(',') ? fraction() : 0;
        long seconds = date + hour * 3_600L + minute * 60L + Math.min(second, 59);
        boolean hasZone = at < text.length();
        Integer offset = hasZone ? zone() : Integer.valueOf(0);
        if (millis < 0 || offset == null || at != text.length()) {
            return null;
        }
        return new Reading(Instant.ofEpochSecond(seconds - offset, millis * 1_000_000), hasZone, decimals);
    }

    /// Millis, or -1 when there is no digit.
    private long fraction() {
        int start = at;
        long millis = 0;
        while (at < text.length() && isDigit(text.charAt(at))) {
            if (at - start < 3) {
                millis = millis * 10 + (text.charAt(at) - '0');
            }
            at++;
        }
        decimals = at - start;
        for (int i = decimals; i < 3; i++) {
            millis *= 10;
        }
        return decimals == 0 ? -1 : millis;
    }

    /// Seconds east of UTC, null when it is no zone.
    private @Nullable Integer zone() {
        if (take('Z') || take('z')) {
            return 0;
        }
        int sign = take('+') ? 1 : take('-') ? -1 : 0;
        int hours = digits(2);
        boolean hasMinutes = take(':') || at < text.length();
        int minutes = hasMinutes ? digits(2) : 0;
        boolean isValid = sign != 0 && hours >= 0 && hours <= 18 && minutes >= 0 && minutes <= 59;
        return isValid ? Integer.valueOf(sign * (hours * 3_600 + minutes * 60)) : null;
    }

    private boolean take(char expected) {
        if (at < text.length() && text.charAt(at) == expected) {
            at++;
            return true;
        }
        return false;
    }

    /// Exactly so many ASCII digits, or -1.
    private int digits(int count) {
        if (at + count > text.length()) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < count; i++) {
            char c = text.charAt(at + i);
            if (!isDigit(c)) {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        at += count;
        return value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
