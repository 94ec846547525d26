package dev.varve.server.http;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jdbi.v3.core.ConnectionException;

/// Tells a store that is away, or slower than anybody waits, from a defect: the first is 503, and worth a repeat.
public final class ConnectionLoss {
    /// PostgreSQL's statement, lock and idle time-outs.
    private static final Set<String> TOO_SLOW = Set.of("57014", "55P03", "25P03");

    private ConnectionLoss() {}

    /// PostgreSQL's class 08 and 57P: connection lost, server shutting down; a time limit; or no connection to be had.
    public static boolean isBehind(Throwable e) {
        return Stream.iterate(Optional.of(e), Optional::isPresent, cause -> cause.map(Throwable::getCause))
                .flatMap(Optional::stream)
                .anyMatch(cause -> cause instanceof ConnectionException
                        || cause instanceof SQLTransientConnectionException
                        || cause instanceof SQLException sql && isLost(sql.getSQLState()));
    }

    private static boolean isLost(@org.jspecify.annotations.Nullable String state) {
        return state != null && (state.startsWith("08") || state.startsWith("57P") || TOO_SLOW.contains(state));
    }
}
