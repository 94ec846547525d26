package dev.varve.connectors.meta;

import dev.varve.connectors.mapping.Commerce;
import dev.varve.connectors.mapping.Device;
import dev.varve.connectors.mapping.EventFacts;
import dev.varve.connectors.mapping.PageAddresses;
import dev.varve.event.Event;
import org.jspecify.annotations.Nullable;

/// An event with all that Meta will be told of it, not yet checked. `name`: Meta's.
record MetaDraft(
        EventFacts facts,
        String name,
        ActionSource source,
        Device device,
        PageAddresses addresses,
        MetaUserData userData) {

    static MetaDraft of(EventFacts facts, String name, ActionSource source, Device device) {
        PageAddresses addresses = PageAddresses.of(facts);
        MetaUserData userData = MetaUserData.of(facts, source, device, MetaClicks.of(facts, addresses));
        return new MetaDraft(facts, name, source, device, addresses, userData);
    }

    Event event() {
        return facts.event();
    }

    /// A website event needs an address: its page, else where it came from, else the app's own site.
    @Nullable
    String sourceUrl() {
        if (addresses.page() != null || source != ActionSource.WEBSITE) {
            return addresses.page();
        }
        return addresses.referrer() != null ? addresses.referrer() : addresses.home();
    }

    Commerce commerce() {
        return Commerce.of(facts.properties());
    }
}
