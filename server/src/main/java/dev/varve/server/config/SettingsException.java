package dev.varve.server.config;

/// A setting that cannot be used. The message is one sentence for the operator and never holds a secret.
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SettingsException(String message) {
        super(message);
    }
}
