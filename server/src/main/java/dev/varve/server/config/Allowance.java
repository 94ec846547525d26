package dev.varve.server.config;

/// How many calls a key may make: per minute by class, and writes per day. 0: no limit.
public record Allowance(int readLight, int writeLight, int longRunning, int writeLightPerDay) {
    public static final Allowance STANDARD = new Allowance(120, 60, 20, 10_000);
    public static final Allowance PILOT = new Allowance(1_200, 600, 60, 100_000);
    public static final Allowance PARTNER = new Allowance(6_000, 3_000, 300, 500_000);
    public static final Allowance UNLIMITED = new Allowance(0, 0, 0, 0);

    public Allowance {
        if (readLight < 0 || writeLight < 0 || longRunning < 0 || writeLightPerDay < 0) {
            throw new SettingsException("rate limits must not be negative (0 means no limit)");
        }
    }

    static Allowance from(SettingValues values) {
        return new Allowance(
                values.integer("internal-tier-read-light"),
                values.integer("internal-tier-write-light"),
                values.integer("internal-tier-long-running"),
                values.integer("internal-tier-write-light-daily"));
    }
}
