package dev.varve.eventlog;

final class InMemoryEventLogTest extends EventLogContract {
    private final InMemoryEventLog.Storage storage = new InMemoryEventLog.Storage();

    @Override
    protected EventLog open() {
        return new InMemoryEventLog(storage);
    }

    @Override
    protected void close(EventLog log) {
        ((InMemoryEventLog) log).close();
    }

    @Override
    protected void adoptOrphans(EventLog log) {
        ((InMemoryEventLog) log).adoptOrphans();
    }
}
