package dev.varve.delivery;

import java.time.Instant;
import java.util.UUID;

class InMemoryDeadLettersTest extends DeadLettersContract {
    private final InMemoryDeadLetters letters = new InMemoryDeadLetters();

    @Override
    protected DeadLetters letters() {
        return letters;
    }

    @Override
    protected Jobs jobs() {
        return letters.jobs();
    }

    @Override
    protected DeadLetterSeed.Owner newOwner() {
        return new DeadLetterSeed.Owner(UUID.randomUUID(), UUID.randomUUID());
    }

    @Override
    protected void add(UUID project, DeadLetterSeed seed) {
        letters.add(project, seed);
    }

    @Override
    protected void settle(String deadLetterId, ReceiptState state, Instant at) {
        letters.settle(deadLetterId, state, at);
    }
}
