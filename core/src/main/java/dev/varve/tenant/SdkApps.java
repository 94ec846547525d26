package dev.varve.tenant;

import dev.varve.event.Platform;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Stores SDK apps. The caller has already checked that the project is the caller's, except for `show`.
public interface SdkApps {
    /// False when the app id is taken, by whomever; nothing was saved.
    boolean insert(SdkApp app, byte[] appKeySha256);

    /// Changes an app that nobody else changes meanwhile: `edit` gets it as it is stored now. All or nothing;
    /// what `edit` throws passes, and nothing was saved.
    ChangeOutcome change(UUID projectId, String appId, UnaryOperator<SdkApp> edit, Change change);

    Optional<SdkApp> find(UUID projectId, String appId);

    /// An app with all that is told of it, of one moment; empty when it, or its project, is not the owner's.
    Optional<Shown> show(Projects.Owner owner, UUID projectId, String appId);

    /// Newest first, at most `limit`.
    List<SdkApp> list(UUID projectId, Optional<SdkPlatform> platform, Optional<Position> after, int limit);

    /// What became of these apps' events; apps without any are left out.
    Map<String, Activity> activity(Set<String> appIds);

    sealed interface ChangeOutcome {
        /// `switched`: the layers that went on or off with it, as they are stored now.
        record Changed(SdkApp before, SdkApp after, List<Layer> switched) implements ChangeOutcome {
            public Changed {
                switched = List.copyOf(switched);
            }
        }

        /// A layer to be switched on is not as it was checked any more; nothing was saved.
        record Outdated() implements ChangeOutcome {}

        /// There is no such app.
        record Missing() implements ChangeOutcome {}
    }

    /// What goes with a change. `layersOn` are switched on; `layersOff` go off when no app of the project is
    /// on for them any more.
    record Change(Optional<Rotation> rotation, List<CheckedLayer> layersOn, Set<Platform> layersOff, Instant at) {}

    /// A layer found fit to be on. `before`: as it was stored when it was checked; `after`: switched on, with what the
    /// check found. Both equal: it is on already, and nothing is saved, but it must still be so.
    record CheckedLayer(Layer before, Layer after, Layers.Verdict verdict) {}

    record Rotation(byte[] appKeySha256) {}

    /// The last item of the page before.
    record Position(Instant createdAt, String appId) {}

    /// `layers`: of its project; platforms without a layer are absent.
    record Shown(SdkApp app, Activity activity, Map<Platform, LayerSwitch> layers) {
        public Shown {
            layers = Map.copyOf(layers);
        }
    }

    /// What an app shows of a layer.
    record LayerSwitch(boolean enabled, @Nullable String pixelId) {}

    /// `lastEventAt`: arrival of the newest real event. `lastForwardAt`: newest acknowledged forward.
    record Activity(Optional<Instant> lastEventAt, Map<Platform, Instant> lastForwardAt) {
        public static final Activity NONE = new Activity(Optional.empty(), Map.of());
    }
}
