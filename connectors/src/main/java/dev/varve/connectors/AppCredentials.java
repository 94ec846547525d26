package dev.varve.connectors;

/// A platform app of the operator's: what reads that need more than a destination's token are made with. Never prints
/// its secret.
public record AppCredentials(String id, String secret) {
    @Override
    public String toString() {
        return "AppCredentials[" + id + ", ***]";
    }
}
