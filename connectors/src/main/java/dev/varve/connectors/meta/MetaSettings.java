package dev.varve.connectors.meta;

import dev.varve.connectors.AppCredentials;
import java.time.Duration;
import java.util.Optional;

/// `versions`: of the Graph API, such as `v26.0`. `operatorUrl`: the page that probes name as theirs. `timeout`: for
/// a whole answer; cutting early gains nothing, because a cut request has an unknown outcome. `app`: asks about a
/// token before the first probe request is sent with it.
public record MetaSettings(Versions versions, String operatorUrl, Duration timeout, Optional<AppCredentials> app) {
    public static final MetaSettings DEFAULT =
            new MetaSettings(Versions.DEFAULT, "https://www.example.com/", Duration.ofSeconds(10), Optional.empty());

    public MetaSettings {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("meta.timeout: must be positive");
        }
    }

    /// `capi`: for sending; `insights`: for reading statistics.
    public record Versions(String capi, String insights) {
        public static final Versions DEFAULT = new Versions("v26.0", "v26.0");

        public Versions {
            requireVersion("meta-capi-version", capi);
            requireVersion("meta-insights-version", insights);
        }

        private static void requireVersion(String name, String version) {
            if (!version.matches("v\\d{1,3}\\.\\d{1,2}")) {
                throw new IllegalArgumentException(name + ": must look like v26.0, not " + version);
            }
        }
    }

    public MetaSettings withVersions(Versions other) {
        return new MetaSettings(other, operatorUrl, timeout, app);
    }

    public MetaSettings withApp(Optional<AppCredentials> other) {
        return new MetaSettings(versions, operatorUrl, timeout, other);
    }
}
