package dev.varve.server.config;

import java.util.Locale;

/// One setting as the operator sees it. `name` in kebab case is the key in the file and after `--`; `VARVE_` and
/// the name in upper case with underscores is the environment variable.
public record Setting(String name, String type, String defaultText, boolean secret, String meaning) {
    static Setting of(String name, String type, String defaultText, String meaning) {
        return new Setting(name, type, defaultText, false, meaning);
    }

    public String environmentName() {
        return "VARVE_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
