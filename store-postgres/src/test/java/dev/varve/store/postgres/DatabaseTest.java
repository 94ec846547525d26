package dev.varve.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

class DatabaseTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Patience ODD = new Patience(Duration.ofMillis(1_234_567));

    private final Database database = postgres.open(10);

    @AfterEach
    void close() {
        database.close();
    }

    record Limits(String name, Jdbi jdbi, String statement, int networkMillis, boolean isTold) {
        @Override
        public String toString() {
            return name;
        }
    }

    /// `isTold`: does the handle tell its session of the limit?
    private Stream<Limits> limits() {
        return Stream.of(
                new Limits("calls", database.jdbi(), "8s", 10_000, false),
                new Limits("calls by name", database.jdbi(Patience.PROMPT), "8s", 10_000, false),
                new Limits("background", database.jdbi(Patience.BACKGROUND), "30s", 32_000, false),
                new Limits("long", database.jdbi(Patience.LONG), "5min", 302_000, true),
                new Limits("odd", database.jdbi(ODD), "1234567ms", 1_236_567, true),
                new Limits("longer calls", database.longerCalls(Patience.BACKGROUND), "30s", 32_000, true));
    }

    @Test
    void everyHandleHasTheLimitsOfItsPatienceWhateverItsConnectionDidBefore() {
        for (int round = 0; round < 3; round++) {
            assertThat(limits()).allSatisfy(limits -> {
                try (Handle handle = limits.jdbi.open()) {
                    assertThat(statementTimeout(handle)).isEqualTo(limits.statement);
                    assertThat(handle.getConnection().getNetworkTimeout()).isEqualTo(limits.networkMillis);
                }
            });
        }
    }

    @Test
    void onlyAnUncommonPatienceCostsRoundTrips() {
        assertThat(limits()).allSatisfy(limits -> {
            int session;
            try (Handle handle = limits.jdbi.open()) {
                session = handle.getConnection().unwrap(PGConnection.class).getBackendPID();
                assertThat(lastStatement(session).startsWith("set statement_timeout"))
                        .as("when it is opened")
                        .isEqualTo(limits.isTold);
                handle.execute("select 1");
            }
            assertThat(lastStatement(session).contains("reset statement_timeout"))
                    .as("when it is closed")
                    .isEqualTo(limits.isTold);
        });
    }

    @Test
    void aTransactionMayHaveALimitOfItsOwn() {
        database.jdbi().useTransaction(handle -> {
            Patience.LONG.within(handle);
            assertThat(statementTimeout(handle)).isEqualTo("5min");
        });
        for (int i = 0; i < 6; i++) {
            assertThat(database.jdbi().<String, RuntimeException>withHandle(DatabaseTest::statementTimeout))
                    .isEqualTo("8s");
        }
    }

    @Test
    void aFlightRecordingHasStatementsButNotTheirValues(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("statements.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdbi.statement").withoutThreshold();
            recording.start();
            database.jdbi().useHandle(handle -> handle.createQuery("select :email")
                    .bind("email", "jo@example.com")
                    .mapTo(String.class)
                    .one());
            recording.stop();
            recording.dump(file);
        }
        List<String> statements = RecordingFile.readAllEvents(file).stream()
                .map(RecordedEvent::toString)
                .toList();
        assertThat(statements).anyMatch(statement -> statement.contains("select :email"));
        assertThat(statements).noneMatch(statement -> statement.contains("jo@example.com"));
    }

    @Test
    void callsAndTheBackgroundShareTheirNumberAndTakeNothingFromEachOther() {
        List<Handle> held = new ArrayList<>();
        try {
            for (int i = 0; i < 6; i++) {
                held.add(database.jdbi().open());
            }
            assertThatThrownBy(() -> database.jdbi().open()).isInstanceOf(JdbiException.class);
            for (int i = 0; i < 4; i++) {
                held.add(database.jdbi(Patience.BACKGROUND).open());
            }
            assertThatThrownBy(() -> database.jdbi(Patience.LONG).open()).isInstanceOf(JdbiException.class);
        } finally {
            held.forEach(Handle::close);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void theSmallestPoolServesBoth(int size) {
        try (Database small = postgres.open(size);
                Handle call = small.jdbi().open();
                Handle work = small.jdbi(Patience.BACKGROUND).open()) {
            assertThat(statementTimeout(call)).isEqualTo("8s");
            assertThat(statementTimeout(work)).isEqualTo("30s");
        }
    }

    private static String statementTimeout(Handle handle) {
        return handle.createQuery("show statement_timeout").mapTo(String.class).one();
    }

    private static String lastStatement(int session) {
        return postgres.database().jdbi().withHandle(handle -> handle.createQuery(
                        "select query from pg_stat_activity where pid = :session")
                .bind("session", session)
                .mapTo(String.class)
                .one());
    }
}
