package dev.varve.store.postgres.tenant;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.destination.PixelApps;
import dev.varve.event.Platform;
import dev.varve.tenant.Mode;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jdbi.v3.core.Jdbi;

/// The apps of all projects that are not archived and name a pixel, read from PostgreSQL when something changed, but at
/// most every 20 seconds per pixel: any project may be one that names it now. While the store does not answer, it
/// throws. Thread-safe.
public final class CachedPixelApps implements PixelApps, TenantChanges.Copies {
    private static final long MAX_AGE = TimeUnit.SECONDS.toNanos(20);
    private static final long READ_ANEW_AFTER = TimeUnit.MINUTES.toNanos(5);
    private static final Duration DROP_AFTER = Duration.ofMinutes(5);
    private static final int MAX_PIXELS = 10_000;

    private final Jdbi jdbi;
    private final TenantChanges changes;
    private final LongSupplier nanoTime;
    private final Cache<Pixel, Copy> pixels;
    private volatile long changedAt;

    private CachedPixelApps(Jdbi jdbi, TenantChanges changes) {
        this.jdbi = jdbi;
        this.changes = changes;
        this.nanoTime = changes.nanoTime();
        this.changedAt = nanoTime.getAsLong();
        this.pixels = Caffeine.newBuilder()
                .expireAfterAccess(DROP_AFTER)
                .maximumSize(MAX_PIXELS)
                .ticker(nanoTime::getAsLong)
                .build();
    }

    public static CachedPixelApps open(Jdbi jdbi, TenantChanges changes) {
        CachedPixelApps pixels = new CachedPixelApps(jdbi, changes);
        changes.tell(pixels);
        return pixels;
    }

    private record Pixel(Mode mode, Platform platform, String id) {}

    /// `readAt`: before its statement began.
    private record Copy(Set<String> apps, long readAt) {}

    @Override
    public Set<String> reportingTo(Mode mode, Platform platform, String pixelId) {
        Pixel pixel = new Pixel(mode, platform, pixelId);
        Copy copy = pixels.getIfPresent(pixel);
        if (copy == null || !isFresh(copy)) {
            copy = pixels.asMap().compute(pixel, (_, old) -> old != null && isFresh(old) ? old : read(pixel));
        }
        return copy.apps;
    }

    /// Young itself, or from after the last change and known to hold lately.
    private boolean isFresh(Copy copy) {
        long now = nanoTime.getAsLong();
        boolean hasHeld = copy.readAt - changedAt >= 0
                && now - changes.heldAt(copy.readAt) < MAX_AGE
                && now - copy.readAt < READ_ANEW_AFTER;
        return hasHeld || now - copy.readAt < MAX_AGE;
    }

    @Override
    public void forget(Predicate<UUID> projects) {
        changedAt = nanoTime.getAsLong();
    }

    @Override
    public void tidy() {
        pixels.cleanUp();
    }

    private Copy read(Pixel pixel) {
        long readAt = nanoTime.getAsLong();
        return new Copy(load(pixel), readAt);
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
