package dev.varve.postback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.postback.Postbacks.Address;
import dev.varve.postback.Postbacks.Fate;
import dev.varve.postback.Postbacks.Kept;
import dev.varve.tenant.Mode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What every store of postbacks must do.
public abstract class PostbacksContract {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private final String run = UUID.randomUUID().toString().substring(0, 8);

    protected abstract Postbacks postbacks();

    /// Makes an app; answers its id.
    protected abstract String app(Mode mode, @Nullable String domain, @Nullable String storeId);

    /// How many are kept for an app.
    protected abstract int kept(@Nullable String appId);

    private String host() {
        return run + ".example.com";
    }

    private String storeId() {
        return Long.toString(Long.parseLong(run, 16));
    }

    private void keep(@Nullable String appId, String name, Fate fate) {
        postbacks()
                .keep(new Kept(
                        NOW,
                        new Address(appId, host(), storeId()),
                        name,
                        fate,
                        "{\"a\":1}".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void anAppIsFoundByItsHostElseByItsNumberInTheStore() {
        assertThat(postbacks().place(host(), storeId())).isEmpty();
        String byNumber = app(Mode.TEST, null, storeId());
        assertThat(postbacks().place(host(), storeId())).hasValue(new Postbacks.Place(byNumber, Mode.TEST));
        String byHost = app(Mode.LIVE, host(), null);
        assertThat(postbacks().place(host(), storeId())).hasValue(new Postbacks.Place(byHost, Mode.LIVE));
        assertThat(postbacks().place(null, storeId())).hasValue(new Postbacks.Place(byNumber, Mode.TEST));
        assertThat(postbacks().place(null, null)).isEmpty();
        assertThat(postbacks().mode(byNumber)).hasValue(Mode.TEST);
        assertThat(postbacks().mode("app_none")).isEmpty();
    }

    @Test
    void oneThatWaitsArrivesOnceWhenItsAppAppears() {
        keep(null, "w" + run, new Fate.Waiting());
        keep(null, "w" + run, new Fate.Waiting());
        assertThat(postbacks().arrived(100)).isEmpty();
        String app = app(Mode.LIVE, null, storeId());
        assertThat(postbacks().arrived(100)).singleElement().satisfies(arrived -> {
            assertThat(arrived.place().appId()).isEqualTo(app);
            assertThat(arrived.receivedAt()).isEqualTo(NOW);
            assertThat(arrived.body()).asString(StandardCharsets.UTF_8).isEqualTo("{\"a\":1}");
        });
        postbacks().arrived(100).forEach(postbacks()::forget);
        assertThat(postbacks().arrived(100)).isEmpty();
    }

    @Test
    void rejectedOnesAreKeptUpToALimitPerApp() {
        for (int i = 0; i < Postbacks.MAX_REJECTED + 5; i++) {
            keep("app_" + run, "r" + i, new Fate.Rejected("signature"));
        }
        assertThat(kept("app_" + run)).isEqualTo(Postbacks.MAX_REJECTED);
        keep("app_other" + run, "r", new Fate.Rejected("signature"));
        keep("app_other" + run, "r", new Fate.Rejected("signature"));
        assertThat(kept("app_other" + run)).isEqualTo(1);
    }
}
