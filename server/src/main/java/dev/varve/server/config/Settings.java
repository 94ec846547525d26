package dev.varve.server.config;

import java.util.Map;

/// All settings, one record per concern. Printing it shows no secret.
public record Settings(
        InstallationSettings installation,
        HttpSettings http,
        DatabaseSettings database,
        PlatformSettings platforms,
        PipelineSettings pipeline,
        PartnerSettings partners) {

    /// From texts by setting name; what is absent takes its default.
    ///
    /// @throws SettingsException for a value that cannot be used
    public static Settings from(Map<String, String> texts) {
        SettingValues values = new SettingValues(texts);
        return new Settings(
                InstallationSettings.from(values),
                HttpSettings.from(values),
                DatabaseSettings.from(values),
                PlatformSettings.from(values),
                PipelineSettings.from(values),
                new PartnerSettings(
                        values.networks("webhook-allowed-cidrs"),
                        Allowance.from(values),
                        values.integer("event-streams")));
    }

    public Settings withPlatforms(PlatformSettings other) {
        return new Settings(installation, http, database, other, pipeline, partners);
    }
}
