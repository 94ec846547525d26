package dev.varve.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// How much of a core the measured thread got: processor nanoseconds, which JMH divides by the time that passed. What
/// else runs on the machine then changes the figure per core little.
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class CpuShare {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    public long nanos;

    private long seen = THREADS.getCurrentThreadCpuTime();

    /// After each invocation, on the measured thread.
    void count() {
        long now = THREADS.getCurrentThreadCpuTime();
        nanos += now - seen;
        seen = now;
    }
}
