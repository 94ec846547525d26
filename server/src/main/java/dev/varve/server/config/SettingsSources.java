package dev.varve.server.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Gathers values from the command line, the environment and the file, in that order of precedence, and refuses
/// every key that is not in the catalog.
public final class SettingsSources {
    private static final String PREFIX = "VARVE_";
    private static final YAMLMapper YAML = new YAMLMapper();

    private SettingsSources() {}

    /// `file`: given by `--config` and then required; otherwise `varve.yaml` in the data directory is read if it is
    /// there.
    ///
    /// @throws SettingsException for an unknown key or an unusable value
    public static Settings load(Map<String, String> commandLine, Map<String, String> environment, Optional<Path> file) {
        Map<String, String> values = new LinkedHashMap<>(fromEnvironment(environment));
        values.putAll(known(commandLine));
        Path data = Path.of(values.getOrDefault("data", "./varve-data"));
        Map<String, String> merged = new LinkedHashMap<>(fromFile(file, data.resolve("varve.yaml")));
        merged.putAll(values);
        return Settings.from(merged);
    }

    private static Map<String, String> known(Map<String, String> commandLine) {
        commandLine.keySet().forEach(name -> require(name, "--" + name, "--"));
        return commandLine;
    }

    private static Map<String, String> fromEnvironment(Map<String, String> environment) {
        Map<String, String> values = new LinkedHashMap<>();
        environment.forEach((variable, value) -> {
            if (variable.startsWith(PREFIX)) {
                String name = variable.substring(PREFIX.length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '-');
                if (SettingsCatalog.find(name).isEmpty()) {
                    Setting nearest =
                            SettingsCatalog.find(SettingsCatalog.nearest(name)).orElseThrow();
                    throw new SettingsException("There is no setting " + variable + " (environment); did you mean "
                            + nearest.environmentName() + "?");
                }
                values.put(name, value);
            }
        });
        return values;
    }

    private static Map<String, String> fromFile(Optional<Path> given, Path usual) {
        Path file = given.orElse(usual);
        if (given.isEmpty() && !Files.exists(usual)) {
            return Map.of();
        }
        try {
            JsonNode root = YAML.readTree(Files.readString(file));
            if (root.isMissingNode() || root.isNull()) {
                return Map.of();
            }
            if (!root.isObject()) {
                throw new SettingsException("The settings file " + file + " must hold lines of the form name: value.");
            }
            Map<String, String> values = new LinkedHashMap<>();
            root.properties().forEach(entry -> {
                require(entry.getKey(), entry.getKey() + " in " + file, "");
                values.put(entry.getKey(), text(entry.getKey(), entry.getValue()));
            });
            return values;
        } catch (JsonProcessingException e) {
            throw new SettingsException("The settings file " + file + " is not YAML, see line "
                    + Optional.ofNullable(e.getLocation())
                            .map(l -> l.getLineNr())
                            .orElse(0) + ".");
        } catch (IOException e) {
            throw new SettingsException("The settings file " + file + " cannot be read.");
        }
    }

    private static String text(String name, JsonNode value) {
        if (value.isArray()) {
            List<String> items = new ArrayList<>();
            value.forEach(item -> items.add(item.asText()));
            return String.join(",", items);
        }
        if (value.isObject()) {
            throw new SettingsException(name + ": a single value or a list is wanted");
        }
        return value.isNull() ? "" : value.asText();
    }

    private static void require(String name, String shown, String prefix) {
        if (SettingsCatalog.find(name).isEmpty()) {
            throw new SettingsException(
                    "There is no setting " + shown + "; did you mean " + prefix + SettingsCatalog.nearest(name) + "?");
        }
    }
}
