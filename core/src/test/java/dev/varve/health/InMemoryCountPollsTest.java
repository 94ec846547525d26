package dev.varve.health;

import dev.varve.destination.Destination;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

class InMemoryCountPollsTest extends CountPollsContract {
    private final InMemoryCountPolls polls = new InMemoryCountPolls();

    @Override
    protected CountPolls polls() {
        return polls;
    }

    @Override
    protected Destination.Key layer(Instant at) {
        return polls.add(at);
    }

    @Override
    protected void configure(Destination.Key key, String pixelId, Instant at) {
        polls.configure(key, pixelId, at);
    }

    @Override
    protected void switchOff(Destination.Key key) {
        polls.entry(key).enabled = false;
    }

    @Override
    protected Seen seen(Destination.Key key) {
        InMemoryCountPolls.Entry entry = polls.entry(key);
        return new Seen(
                Map.copyOf(entry.events),
                entry.countedUntil,
                Optional.ofNullable(entry.unreadable),
                entry.unreadableSince);
    }
}
