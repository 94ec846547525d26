package dev.varve.store.postgres.tenant;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.varve.destination.PixelApps;
import dev.varve.event.Platform;
import dev.varve.tenant.Mode;
import java.time.Duration;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/// The apps of all projects that are not archived and name a pixel, read from PostgreSQL at most every 20 seconds per
/// pixel. While the store does not answer, it throws. Thread-safe.
public final class CachedPixelApps implements PixelApps {
    private static final Duration MAX_AGE = Duration.ofSeconds(20);
    private static final int MAX_PIXELS = 10_000;

    private final Jdbi jdbi;
    private final LoadingCache<Pixel, Set<String>> pixels;

    public CachedPixelApps(Jdbi jdbi) {
        this(jdbi, Ticker.systemTicker());
    }

    CachedPixelApps(Jdbi jdbi, Ticker ticker) {
        this.jdbi = jdbi;
        this.pixels = Caffeine.newBuilder()
                .expireAfterWrite(MAX_AGE)
                .maximumSize(MAX_PIXELS)
                .ticker(ticker)
                .build(this::load);
    }

    private record Pixel(Mode mode, Platform platform, String id) {}

    @Override
    public Set<String> reportingTo(Mode mode, Platform platform, String pixelId) {
        return pixels.get(new Pixel(mode, platform, pixelId));
    }

    private Set<String> load(Pixel pixel) {
        return Set.copyOf(jdbi.withHandle(handle -> handle.createQuery("""
                        select a.app_id from layer l
                        join project p on p.id = l.project_id and p.status <> 'archived' and p.mode = :mode
                        join sdk_app a on a.project_id = p.id
                        where l.platform = :platform and l.pixel_id = :pixel""")
                .bind("mode", pixel.mode().wireName())
                .bind("platform", pixel.platform().layerName())
                .bind("pixel", pixel.id())
                .mapTo(String.class)
                .list()));
    }
}
