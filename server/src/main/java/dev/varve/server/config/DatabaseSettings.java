package dev.varve.server.config;

import java.util.Optional;

/// Which PostgreSQL. Without `url` the embedded one runs in the data directory.
public record DatabaseSettings(Optional<String> url, Optional<String> user, Optional<Secret> password, int poolSize) {
    public DatabaseSettings {
        if (url.isPresent() && !url.get().startsWith("jdbc:postgresql:")) {
            throw new SettingsException("database-url: must start with jdbc:postgresql:");
        }
        if (url.isEmpty() && (user.isPresent() || password.isPresent())) {
            throw new SettingsException("database-user and database-password need database-url");
        }
        if (poolSize < 2 || poolSize > 200) {
            throw new SettingsException("pool-size: " + poolSize + " is not between 2 and 200");
        }
    }

    static DatabaseSettings from(SettingValues values) {
        return new DatabaseSettings(
                values.text("database-url"),
                values.text("database-user"),
                values.text("database-password").map(Secret::new),
                values.integer("pool-size"));
    }

    /// The URL may carry a password of its own.
    @Override
    public String toString() {
        return "DatabaseSettings[url="
                + url.map(u -> u.replaceAll("[?].*", "?***").replaceAll("//[^@/]*@", "//***@")) + ", user=" + user
                + ", password=" + password + ", poolSize=" + poolSize + "]";
    }
}
