package dev.varve.server.config;

/// The reference page `docs/settings.md`, made from the catalog: `./varve settings > docs/settings.md`.
public final class SettingsPage {
    private SettingsPage() {}

    public static String render() {
        StringBuilder page = new StringBuilder("""
                # Settings

                Each setting can stand in a YAML file (`--config FILE`, else `varve.yaml` in the data directory), in the environment
                or on the command line (`--name=value`). The command line wins over the environment, the environment over the file.
                Unknown names are refused at start. Made by `./varve settings > docs/settings.md`.

                | name | environment | type | default | meaning |
                |---|---|---|---|---|
                """);
        for (Setting setting : SettingsCatalog.all()) {
            String standard = setting.defaultText().isEmpty() ? "–" : "`" + setting.defaultText() + "`";
            page.append("| `%s` | `%s` | %s | %s | %s |%n"
                    .formatted(setting.name(), setting.environmentName(), setting.type(), standard, setting.meaning()));
        }
        return page.append("""

                Durations: `200ms`, `2s`, `15m`, `1h`. Lists: comma-separated, or a YAML list in the file. Networks: `10.0.0.0/8`, `::1`.
                """).toString();
    }
}
