package dev.varve.postback;

import dev.varve.tenant.Mode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps the postbacks that are no events, and knows which app a postback is for. Thread-safe.
public interface Postbacks {
    /// Forging is free, so what is kept of it has an end.
    int MAX_REJECTED = 1_000;

    /// The app that a host belongs to, else the one with this number in the App Store. Of several the oldest; apps of
    /// archived projects are not found.
    Optional<Place> place(@Nullable String host, @Nullable String appStoreId);

    /// How an app's project is used; empty when the app is not known.
    Optional<Mode> mode(String appId);

    /// Keeps it. A repeat of the same name adds nothing, and of one app no more than `MAX_REJECTED` rejected ones.
    void keep(Kept postback);

    /// Waiting ones whose app is known by now, at most so many.
    List<Arrived> arrived(int max);

    void forget(Arrived postback);

    /// An app and the mode of its project.
    record Place(String appId, Mode mode) {}

    /// `name`: what makes a repeat the same. `fate`: why it is no event.
    record Kept(Instant receivedAt, Address address, String name, Fate fate, byte[] body) {}

    sealed interface Fate {
        /// Genuine, and its app is not known.
        record Waiting() implements Fate {}

        record Rejected(String reason) implements Fate {}
    }

    /// How a postback names its app.
    record Address(
            @Nullable String appId,
            @Nullable String host,
            @Nullable String appStoreId) {}

    /// `id` of the kept one.
    record Arrived(String id, Place place, Instant receivedAt, byte[] body) {}
}
