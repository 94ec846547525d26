package dev.varve.bench;

import java.io.IOException;
import java.time.Duration;

/// The processes that take part in a measurement: what processor time each has used.
record Watched(Program server, Program sandbox, ProcessHandle postgres) {
    record Used(Duration server, Duration postgres, Duration sandbox) {
        Used since(Used before) {
            return new Used(
                    server.minus(before.server), postgres.minus(before.postgres), sandbox.minus(before.sandbox));
        }

        /// Microseconds for each of `events`.
        String perEvent(long events) {
            return String.format(
                    "server %.0f, PostgreSQL %.0f, sandbox %.0f µs",
                    micros(server, events), micros(postgres, events), micros(sandbox, events));
        }

        /// How many cores that is, when it was used within `elapsed`.
        String cores(Duration elapsed) {
            double nanos = elapsed.toNanos();
            return String.format(
                    "server %.2f, PostgreSQL %.2f, sandbox %.2f cores",
                    server.toNanos() / nanos, postgres.toNanos() / nanos, sandbox.toNanos() / nanos);
        }

        private static double micros(Duration time, long events) {
            return time.toNanos() / 1e3 / Math.max(1, events);
        }
    }

    Used used() throws IOException {
        return new Used(CpuTime.of(server.handle()), CpuTime.ofFamily(postgres), CpuTime.of(sandbox.handle()));
    }
}
