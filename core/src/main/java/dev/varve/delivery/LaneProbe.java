package dev.varve.delivery;

import dev.varve.destination.Answer;
import dev.varve.destination.AttemptOutcome.Unauthorized;
import dev.varve.destination.Destination;
import dev.varve.destination.ProbeResult;
import dev.varve.tenant.PrefixedId;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a platform whether a held or stopped destination works again. Blocks. Thread-safe.
final class LaneProbe {
    private static final Logger LOG = LoggerFactory.getLogger(LaneProbe.class);

    private final Recorder recorder;
    private final InstantSource clock;

    LaneProbe(Recorder recorder, InstantSource clock) {
        this.recorder = recorder;
        this.clock = clock;
    }

    void probe(DestinationLane lane, Destination destination) {
        try {
            ProbeResult result = lane.connector.probe(destination);
            carryOut(lane, destination, result);
            log(lane, result);
        } finally {
            lane.probeEnded();
        }
    }

    private void carryOut(DestinationLane lane, Destination destination, ProbeResult result) {
        switch (result) {
            case ProbeResult.Accepted accepted -> recorder.stateChanged(lane.resume(clock.instant()));
            case ProbeResult.TokenRefused refused -> refused(lane, destination, refused.answer(), "TOKEN_INVALID");
            case ProbeResult.PixelRefused refused -> refused(lane, destination, refused.answer(), "PIXEL_INVALID");
            case ProbeResult.Unknown unknown ->
                lane.probeUnclear(destination, DestinationLane.error(unknown.answer(), "PLATFORM_ERROR"));
        }
    }

    private void refused(DestinationLane lane, Destination destination, Answer answer, String code) {
        lane.probeRefused(destination, DestinationLane.error(answer, code)).ifPresent(recorder::stateChanged);
    }

    static String code(Unauthorized.Cause cause) {
        return switch (cause) {
            case TOKEN -> "TOKEN_INVALID";
            case PERMISSION -> "PIXEL_INVALID";
        };
    }

    private static void log(DestinationLane lane, ProbeResult result) {
        LOG.atInfo()
                .addKeyValue("projectId", PrefixedId.PROJECT.format(lane.key.projectId()))
                .addKeyValue("platform", lane.key.platform().layerName())
                .addKeyValue("result", result.getClass().getSimpleName())
                .addKeyValue("state", lane.state().phase().wireName())
                .log("probe.finished");
    }
}
