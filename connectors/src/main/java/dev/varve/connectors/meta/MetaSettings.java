package dev.varve.connectors.meta;

import dev.varve.connectors.AppCredentials;
import java.time.Duration;
import java.util.Optional;

/// `apiVersion`: of the Graph API, such as `v26.0`. `operatorUrl`: the page that probes name as theirs. `timeout`: for
/// a whole answer; cutting early gains nothing, because a cut request has an unknown outcome. `app`: asks about a
/// token before the first probe request is sent with it.
public record MetaSettings(String apiVersion, String operatorUrl, Duration timeout, Optional<AppCredentials> app) {
    public static final MetaSettings DEFAULT =
            new MetaSettings("v26.0", "https://www.example.com/", Duration.ofSeconds(10), Optional.empty());

    public MetaSettings {
        if (!apiVersion.matches("v\\d{1,3}\\.\\d{1,2}")) {
            throw new IllegalArgumentException("meta.capiVersion: must look like v26.0");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("meta.timeout: must be positive");
        }
    }

    public MetaSettings withApp(Optional<AppCredentials> other) {
        return new MetaSettings(apiVersion, operatorUrl, timeout, other);
    }
}
