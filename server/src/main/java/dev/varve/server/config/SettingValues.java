package dev.varve.server.config;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/// Reads typed values out of texts; every failure is a sentence that names the setting.
final class SettingValues {
    private final Map<String, String> values;

    SettingValues(Map<String, String> values) {
        this.values = values;
    }

    Optional<String> text(String name) {
        Setting setting = SettingsCatalog.find(name).orElseThrow();
        String value = values.getOrDefault(name, setting.defaultText()).strip();
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    String required(String name) {
        return text(name).orElseThrow(() -> new SettingsException(name + ": must not be empty"));
    }

    /// The value only if the operator gave one; for settings whose default depends on others.
    Optional<String> given(String name) {
        return Optional.ofNullable(values.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    int integer(String name) {
        return optionalInteger(name).orElseThrow(() -> new SettingsException(name + ": a number is wanted"));
    }

    OptionalInt optionalInteger(String name) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(Integer.parseInt(text.get()));
        } catch (NumberFormatException e) {
            throw new SettingsException(name + ": '" + text.get() + "' is not a whole number");
        }
    }

    Optional<Path> path(String name) {
        try {
            return given(name).map(Path::of);
        } catch (InvalidPathException e) {
            throw new SettingsException(name + ": not a path");
        }
    }

    Optional<URI> url(String name) {
        return given(name).map(text -> toUrl(name, text));
    }

    URI requiredUrl(String name) {
        return toUrl(name, text(name).orElseThrow());
    }

    Duration duration(String name) {
        return parseDuration(
                name, text(name).orElseThrow(() -> new SettingsException(name + ": a duration is wanted")));
    }

    List<Duration> durations(String name) {
        return list(name, text -> parseDuration(name, text));
    }

    List<Cidr> networks(String name) {
        return list(name, text -> {
            try {
                return Cidr.parse(text);
            } catch (SettingsException e) {
                throw new SettingsException(name + ": " + e.getMessage());
            }
        });
    }

    private <T> List<T> list(String name, Function<String, T> parse) {
        return text(name).stream()
                .flatMap(text -> Arrays.stream(text.split(",")))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .map(parse)
                .toList();
    }

    private static URI toUrl(String name, String text) {
        try {
            URI url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // told below, in the same words
        }
        throw new SettingsException(name + ": '" + text + "' is not an http or https URL");
    }

    private static Duration parseDuration(String name, String text) {
        int digits = 0;
        while (digits < text.length() && digits < 9 && Character.isDigit(text.charAt(digits))) {
            digits++;
        }
        if (digits > 0) {
            long amount = Long.parseLong(text.substring(0, digits));
            switch (text.substring(digits)) {
                case "ms" -> {
                    return Duration.ofMillis(amount);
                }
                case "s" -> {
                    return Duration.ofSeconds(amount);
                }
                case "m" -> {
                    return Duration.ofMinutes(amount);
                }
                case "h" -> {
                    return Duration.ofHours(amount);
                }
                default -> {
                    // told below
                }
            }
        }
        throw new SettingsException(name + ": '" + text + "' is not a duration such as 200ms, 2s, 15m or 1h");
    }
}
