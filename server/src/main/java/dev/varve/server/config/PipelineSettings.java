package dev.varve.server.config;

import dev.varve.delivery.BacklogOrder;
import dev.varve.delivery.DeliverySettings;
import java.time.Duration;
import java.util.List;

/// How events flow: `ingestEventsPerMinutePerApp` 0 means no limit, `matchingDays` is the life of the matching record.
public record PipelineSettings(int ingestEventsPerMinutePerApp, DeliverySettings delivery, int matchingDays) {
    private static final int LARGEST_BATCH = 1000;

    public PipelineSettings {
        if (ingestEventsPerMinutePerApp < 0) {
            throw new SettingsException("ingest-events-per-minute-per-app: must not be negative (0 means no limit)");
        }
        if (matchingDays < 1 || matchingDays > 7) {
            throw new SettingsException("retention-matching-days: " + matchingDays + " is not between 1 and 7");
        }
    }

    static PipelineSettings from(SettingValues values) {
        return new PipelineSettings(
                values.integer("ingest-events-per-minute-per-app"),
                delivery(values),
                values.integer("retention-matching-days"));
    }

    private static DeliverySettings delivery(SettingValues values) {
        Duration linger = values.duration("delivery-linger");
        if (linger.compareTo(Duration.ofSeconds(1)) > 0) {
            throw new SettingsException("delivery-linger: at most 1s");
        }
        int batch = values.integer("delivery-batch-size");
        if (batch < 1 || batch > LARGEST_BATCH) {
            throw new SettingsException("delivery-batch-size: " + batch + " is not between 1 and " + LARGEST_BATCH);
        }
        Duration base = values.duration("delivery-retry-base");
        Duration cap = values.duration("delivery-retry-cap");
        if (base.isZero() || base.compareTo(cap) > 0) {
            throw new SettingsException("delivery-retry-base: must be above 0 and not above delivery-retry-cap");
        }
        List<Duration> probes = values.durations("delivery-probe-delays");
        if (probes.size() < 2) {
            throw new SettingsException("delivery-probe-delays: at least two are needed, such as 30s,2m");
        }
        return new DeliverySettings(
                batch,
                linger,
                new DeliverySettings.Backoff(base, cap),
                new DeliverySettings.Probing(probes, values.duration("delivery-stopped-probe-interval")),
                backlogOrder(values.text("delivery-backlog-order").orElse("")));
    }

    private static BacklogOrder backlogOrder(String word) {
        return switch (word) {
            case "oldest" -> BacklogOrder.OLDEST;
            case "newest" -> BacklogOrder.NEWEST;
            default ->
                throw new SettingsException("delivery-backlog-order: '" + word + "' is neither oldest nor newest");
        };
    }
}
