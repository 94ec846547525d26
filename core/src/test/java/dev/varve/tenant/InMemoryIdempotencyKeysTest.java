package dev.varve.tenant;

class InMemoryIdempotencyKeysTest extends IdempotencyKeysContract {
    private final IdempotencyKeys keys = new InMemoryIdempotencyKeys();

    @Override
    protected IdempotencyKeys keys() {
        return keys;
    }

    @Override
    protected IdempotencyKeys keysOfAnotherProcess() {
        return keys;
    }
}
