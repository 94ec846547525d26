package dev.varve.connectors;

/// The operator's app on a platform, for questions that only an app may ask.
public record AppCredentials(String id, Secret secret) {
    public AppCredentials(String id, String secret) {
        this(id, new Secret(secret));
    }

    /// Never prints itself.
    public record Secret(String value) {
        @Override
        public String toString() {
            return "***";
        }
    }
}
