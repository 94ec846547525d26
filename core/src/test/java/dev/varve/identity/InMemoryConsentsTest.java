package dev.varve.identity;

class InMemoryConsentsTest extends ConsentsContract {
    private final InMemoryConsents consents = new InMemoryConsents();

    @Override
    protected Consents consents() {
        return consents;
    }
}
