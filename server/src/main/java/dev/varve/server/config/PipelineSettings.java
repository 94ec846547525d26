package dev.varve.server.config;

import java.time.Duration;
import java.util.List;

/// How events flow: `ingestEventsPerMinutePerApp` 0 means no limit, `matchingDays` is the life of the matching record.
public record PipelineSettings(int ingestEventsPerMinutePerApp, DeliverySettings delivery, int matchingDays) {
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
                new DeliverySettings(
                        values.duration("delivery-linger"),
                        values.integer("delivery-batch-size"),
                        values.durations("delivery-probe-delays"),
                        values.duration("delivery-retry-base"),
                        values.duration("delivery-retry-cap")),
                values.integer("retention-matching-days"));
    }

    /// `batchSize` 0: each platform's own default.
    public record DeliverySettings(
            Duration linger, int batchSize, List<Duration> probeDelays, Duration retryBase, Duration retryCap) {
        public DeliverySettings {
            probeDelays = List.copyOf(probeDelays);
            if (linger.compareTo(Duration.ofSeconds(1)) > 0) {
                throw new SettingsException("delivery-linger: at most 1s");
            }
            if (batchSize < 0 || batchSize > 1000) {
                throw new SettingsException("delivery-batch-size: " + batchSize + " is not between 0 and 1000");
            }
            if (retryBase.isZero() || retryBase.compareTo(retryCap) > 0) {
                throw new SettingsException("delivery-retry-base: must be above 0 and not above delivery-retry-cap");
            }
        }
    }
}
