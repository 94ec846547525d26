package dev.varve.bench;

import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// JMH's view of `MappingLoad`: one operation is one event.
@State(Scope.Benchmark)
public class MappingBenchmark {
    private final MappingLoad load = new MappingLoad();
    private final MappingLoad.Target meta = MappingLoad.Target.meta();
    private final MappingLoad.Target tiktok = MappingLoad.Target.tiktok();

    /// Parses stored documents, maps them and writes Meta's requests.
    @Benchmark
    @OperationsPerInvocation(MappingLoad.EVENTS)
    public List<byte[]> meta(CpuShare share) {
        List<byte[]> result = load.requests(meta);
        share.count();
        return result;
    }

    /// The same for TikTok.
    @Benchmark
    @OperationsPerInvocation(MappingLoad.EVENTS)
    public List<byte[]> tiktok(CpuShare share) {
        List<byte[]> result = load.requests(tiktok);
        share.count();
        return result;
    }

    /// Reads server events with raw personal data, normalises and hashes it, writes the stored documents.
    @Benchmark
    @OperationsPerInvocation(MappingLoad.EVENTS)
    public int collect(CpuShare share) {
        int result = load.collect();
        share.count();
        return result;
    }
}
