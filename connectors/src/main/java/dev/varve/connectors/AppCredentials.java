package dev.varve.connectors;

/// The operator's own app at a platform, which may ask the platform about tokens. Never prints its secret.
public record AppCredentials(String id, String secret) {
    public AppCredentials {
        if (id.isBlank() || secret.isBlank()) {
            throw new IllegalArgumentException("app credentials need an id and a secret");
        }
    }

    @Override
    public String toString() {
        return "AppCredentials[id=" + id + ", secret=***]";
    }
}
