package dev.varve.postback;

import dev.varve.tenant.Mode;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

class InMemoryPostbacksTest extends PostbacksContract {
    private final InMemoryPostbacks postbacks = new InMemoryPostbacks();

    @Override
    protected Postbacks postbacks() {
        return postbacks;
    }

    @Override
    protected String app(Mode mode, @Nullable String domain, @Nullable String storeId) {
        Postbacks.Place place = new Postbacks.Place("app_" + UUID.randomUUID(), mode);
        if (domain != null) {
            postbacks.byHost.put(domain, place);
        }
        if (storeId != null) {
            postbacks.byStoreId.put(storeId, place);
        }
        return place.appId();
    }

    @Override
    protected int kept(@Nullable String appId) {
        return (int) postbacks.kept.values().stream()
                .filter(kept -> String.valueOf(kept.address().appId()).equals(String.valueOf(appId)))
                .count();
    }
}
