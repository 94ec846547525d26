package dev.varve.server.api;

import dev.varve.destination.ProbeResult;
import dev.varve.event.Platform;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Layers;
import dev.varve.tenant.Project;
import dev.varve.tenant.SdkApps;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The layers that an app's switches turn on.
record LayerSwitches(Layers layers, LayerChecks checks) {
    /// Refuses when one of them may not be on.
    List<Asked> ready(Project project, Set<Platform> platforms, Instant now) {
        List<Asked> asked = platforms.stream()
                .map(platform -> layers.find(project.id(), platform)
                        .orElseGet(() -> Layer.blank(UUID.randomUUID(), project.id(), platform, now)))
                .map(layer -> ask(project, layer))
                .toList();
        List<LayerChecks.Missing> missing = asked.stream()
                .filter(layer -> !layer.missing().isEmpty())
                .map(layer -> LayerChecks.Missing.ofApp(layer.stored().platform(), layer.missing()))
                .toList();
        if (!missing.isEmpty()) {
            throw LayerChecks.notReady(missing);
        }
        return asked;
    }

    /// A layer already on with an accepted token is not asked about again.
    private Asked ask(Project project, Layer layer) {
        boolean isSettled = layer.enabled() && isProven(layer);
        return new Asked(layer, isSettled ? Optional.empty() : checks.probe(project, layer, layers.revealToken(layer)));
    }

    private static boolean isProven(Layer layer) {
        return layer.token().valid() && layer.pixelId() != null;
    }

    /// A layer and what the platform said of it.
    record Asked(Layer stored, Optional<ProbeResult> probe) {
        /// Without a verdict the last one counts.
        private List<String> missing() {
            boolean accepted =
                    probe.filter(ProbeResult.Accepted.class::isInstance).isPresent();
            boolean hasToken = stored.token().isPresent() && (isProven(stored) || accepted);
            return LayerChecks.missing(stored, hasToken, probe);
        }

        SdkApps.CheckedLayer on(Instant now) {
            boolean isSettled = stored.enabled() && probe.isEmpty();
            return new SdkApps.CheckedLayer(
                    stored, isSettled ? stored : stored.switchedOn(token(now), now), LayerChecks.verdict(probe, now));
        }

        /// A probe that cannot tell does not take back what the platform said before.
        private Layer.Token token(Instant now) {
            Layer.Token before = stored.token();
            return probe.map(result -> LayerChecks.judged(before.vaultId(), result, now))
                    .filter(judged -> judged.valid() || !before.valid())
                    .orElse(before);
        }

        Optional<Audit.Deed> validated() {
            return probe.flatMap(result -> LayerChange.validated(stored, result));
        }
    }
}
