package dev.varve.audit;

class InMemoryAuditTrailTest extends AuditTrailContract {
    private final InMemoryAuditTrail trail = new InMemoryAuditTrail(() -> NOW);

    @Override
    protected AuditTrail trail() {
        return trail;
    }
}
