package dev.varve.connectors.meta;

import dev.varve.destination.Destination;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What was found out about single destinations and holds until their token or pixel changes. In memory only: after a
/// restart it is found out again. Thread-safe; one small entry per destination that differs from the rule.
final class MetaTraits {
    private final Map<Destination.Key, Entry> entries = new ConcurrentHashMap<>();

    /// `tokenInBody`: the token is refused in the header and taken as a member of the body. `probesByReading`:
    /// Meta recorded the send probe, so it is not repeated. `readable`: the token once read the dataset, so a
    /// refusal to read means that access was lost.
    record Trait(boolean tokenInBody, boolean probesByReading, boolean readable) {
        static final Trait USUAL = new Trait(false, false, false);

        Trait withTokenInBody() {
            return new Trait(true, probesByReading, readable);
        }

        Trait withProbesByReading() {
            return new Trait(tokenInBody, true, readable);
        }

        Trait withReadable() {
            return new Trait(tokenInBody, probesByReading, true);
        }
    }

    private record Entry(
            Optional<Destination.AccessToken> token,
            @Nullable String pixelId,
            Trait trait) {
        boolean isOf(Destination destination) {
            return token.equals(destination.accessToken()) && pixelId != null && pixelId.equals(destination.pixelId());
        }
    }

    Trait of(Destination destination) {
        Entry entry = entries.get(destination.key());
        return entry != null && entry.isOf(destination) ? entry.trait() : Trait.USUAL;
    }

    Trait learn(Destination destination, UnaryOperator<Trait> change) {
        Trait trait = change.apply(of(destination));
        entries.put(destination.key(), new Entry(destination.accessToken(), destination.pixelId(), trait));
        return trait;
    }
}
