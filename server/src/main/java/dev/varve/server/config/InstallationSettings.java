package dev.varve.server.config;

import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.event.Level;

/// What lies on this machine's disk, and which SDKs its customers build in.
public record InstallationSettings(Path data, Path vaultKeyFile, Level logLevel, SdkPackages sdks) {
    static InstallationSettings from(SettingValues values) {
        Path data = Path.of(values.text("data").orElseThrow()).toAbsolutePath().normalize();
        return new InstallationSettings(
                data,
                values.path("vault-key-file")
                        .orElse(data.resolve("vault-key.json"))
                        .toAbsolutePath(),
                level(values.text("log-level").orElse("INFO")),
                SdkPackages.from(values));
    }

    private static Level level(String text) {
        try {
            return Level.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new SettingsException("log-level: '" + text + "' is not one of DEBUG, INFO, WARN, ERROR");
        }
    }
}
