package dev.varve.postback;

import dev.varve.tenant.Mode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Postbacks for tests that need no database; passes `PostbacksContract`.
final class InMemoryPostbacks implements Postbacks {
    final Map<String, Kept> kept = new LinkedHashMap<>();
    final Map<String, Place> byHost = new HashMap<>();
    final Map<String, Place> byStoreId = new HashMap<>();

    @Override
    public Optional<Place> place(@Nullable String host, @Nullable String appStoreId) {
        Place place = host == null ? null : byHost.get(host);
        return Optional.ofNullable(place != null || appStoreId == null ? place : byStoreId.get(appStoreId));
    }

    @Override
    public Optional<Mode> mode(String appId) {
        return java.util.stream.Stream.concat(byHost.values().stream(), byStoreId.values().stream())
                .filter(place -> place.appId().equals(appId))
                .map(Place::mode)
                .findFirst();
    }

    @Override
    public void keep(Kept postback) {
        boolean isWaiting = postback.fate() instanceof Fate.Waiting;
        long rejected = kept.values().stream()
                .filter(other -> other.fate() instanceof Fate.Rejected
                        && String.valueOf(other.address().appId())
                                .equals(String.valueOf(postback.address().appId())))
                .count();
        if (isWaiting || rejected < MAX_REJECTED) {
            kept.putIfAbsent(isWaiting + "\0" + postback.address().appId() + "\0" + postback.name(), postback);
        }
    }

    @Override
    public List<Arrived> arrived(int max) {
        return kept.entrySet().stream()
                .filter(entry -> entry.getValue().fate() instanceof Fate.Waiting)
                .flatMap(entry -> place(
                        entry.getValue().address().host(),
                        entry.getValue().address().appStoreId())
                        .map(place -> new Arrived(
                                entry.getKey(),
                                place,
                                entry.getValue().receivedAt(),
                                entry.getValue().body()))
                        .stream())
                .limit(max)
                .toList();
    }

    @Override
    public void forget(Arrived postback) {
        kept.remove(postback.id());
    }
}
