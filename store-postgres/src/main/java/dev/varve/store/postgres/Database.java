package dev.varve.store.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.varve.component.CheckResult;
import dev.varve.component.Component;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.postgresql.ds.PGSimpleDataSource;

/// Connections to one PostgreSQL, embedded or external. Nothing here waits for ever for one that stands
/// still. Thread-safe.
public final class Database implements AutoCloseable, Component {
    /// For a free connection of the pool.
    private static final Duration CONNECTION_WAIT = Duration.ofMillis(2_500);
    /// For the answer to a look whether a pooled connection still stands.
    private static final Duration CONNECTION_CHECK = Duration.ofSeconds(1);
    private static final Duration CONNECTION_LIFE = Duration.ofMinutes(30);
    private static final Duration KEEP_ALIVE = Duration.ofMinutes(2);
    private static final Duration LOGIN = Duration.ofSeconds(3);
    /// A process that stands still itself keeps its locks from others no longer than this.
    private static final String IDLE_IN_TRANSACTION = "60s";

    /// Jdbi takes two characters for the mark that it cut something off.
    private static final int NO_VALUES = 2;

    /// The relay and the watches never ask for more at once.
    private static final int MOST_BACKGROUND = 8;

    private final String url;
    private final Properties login;
    private final HikariDataSource promptPool;
    private final HikariDataSource backgroundPool;
    private final Jdbi prompt;
    private final Jdbi background;

    private Database(String url, String user, String password, int poolSize) {
        this.url = url;
        this.login = login(user, password);
        int behind = Math.clamp(poolSize * 2 / 5, 1, MOST_BACKGROUND);
        int ahead = poolSize - behind;
        this.promptPool = new HikariDataSource(config("varve", Patience.PROMPT, ahead, Math.min(2, ahead)));
        this.backgroundPool = new HikariDataSource(config("varve-background", Patience.BACKGROUND, behind, 0));
        this.prompt = jdbi(promptPool::getConnection);
        this.background = jdbi(backgroundPool::getConnection);
    }

    /// The limits are those of the connections, so that no handle has to set them.
    private HikariConfig config(String name, Patience patience, int size, int idle) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(url);
        config.setDataSourceProperties(limited(login, patience));
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(idle);
        config.setInitializationFailTimeout(idle > 0 ? 1 : -1); // without a first connection there is nothing to fail
        config.setConnectionTimeout(CONNECTION_WAIT.toMillis());
        config.setValidationTimeout(CONNECTION_CHECK.toMillis());
        config.setMaxLifetime(CONNECTION_LIFE.toMillis());
        config.setKeepaliveTime(KEEP_ALIVE.toMillis());
        return config;
    }

    private static Properties login(String user, String password) {
        Properties login = new Properties();
        login.setProperty("user", user);
        login.setProperty("password", password);
        login.setProperty("connectTimeout", Long.toString(LOGIN.toSeconds()));
        login.setProperty("loginTimeout", Long.toString(LOGIN.toSeconds()));
        login.setProperty("tcpKeepAlive", "true");
        login.setProperty("ApplicationName", "varve");
        login.setProperty("logServerErrorDetail", "false"); // the detail quotes rows, which have no place in a log
        login.setProperty("options", "-c TimeZone=UTC -c idle_in_transaction_session_timeout=" + IDLE_IN_TRANSACTION);
        return login;
    }

    private static Properties limited(Properties login, Patience patience) {
        Properties limited = new Properties();
        limited.putAll(login);
        limited.setProperty("socketTimeout", Long.toString(patience.network().toSeconds()));
        limited.setProperty(
                "options",
                login.getProperty("options") + " -c statement_timeout="
                        + patience.limit().toMillis());
        return limited;
    }

    /// Flight recordings have statements without their values, which are persons' data.
    private static Jdbi jdbi(ConnectionFactory connections) {
        Jdbi jdbi = Jdbi.create(connections);
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(StatementExceptions.MessageRendering.NONE);
        jdbi.getConfig(SqlStatements.class).setJfrParamMaxLength(NO_VALUES);
        return jdbi;
    }

    /// Opens pools of at most `poolSize` connections together, at least 2: two fifths for the background, where
    /// they are opened when asked for, the rest for calls. Fails at once when the server cannot be reached.
    public static Database open(String url, String user, String password, int poolSize) {
        return new Database(url, user, password, poolSize);
    }

    /// For calls that somebody waits for: [Patience#PROMPT].
    public Jdbi jdbi() {
        return prompt;
    }

    /// For the work behind the calls. Nobody's calls take its connections. A patience that is neither
    /// [Patience#PROMPT] nor [Patience#BACKGROUND] costs two more round trips per handle.
    public Jdbi jdbi(Patience patience) {
        if (patience.equals(Patience.PROMPT)) {
            return prompt;
        }
        return patience.equals(Patience.BACKGROUND) ? background : jdbi(patience.of(backgroundPool));
    }

    /// For calls that somebody waits for and that may take longer than others: two more round trips per handle.
    public Jdbi longerCalls(Patience patience) {
        return jdbi(patience.of(promptPool));
    }

    /// Connections outside the pool for the schema's changes, whose statements may take hours.
    public DataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        limited(login, Patience.MIGRATION).forEach((name, value) -> set(source, (String) name, (String) value));
        return source;
    }

    private static void set(PGSimpleDataSource source, String name, String value) {
        try {
            source.setProperty(name, value);
        } catch (SQLException e) {
            throw new IllegalStateException("the driver does not know " + name, e);
        }
    }

    /// A connection outside the pool, for a holder of session locks or a writer of its own. The caller limits its
    /// statements, and closes it.
    public Connection dedicated() throws SQLException {
        return DriverManager.getConnection(url, login);
    }

    @Override
    public String name() {
        return "database";
    }

    @Override
    public CheckResult check() {
        try (Connection connection = promptPool.getConnection()) {
            return connection.isValid((int) CONNECTION_CHECK.toSeconds())
                    ? new CheckResult.Passed("PostgreSQL answers")
                    : new CheckResult.Failed("PostgreSQL does not answer");
        } catch (SQLException e) {
            return new CheckResult.Failed("PostgreSQL cannot be reached");
        }
    }

    @Override
    public void close() {
        backgroundPool.close();
        promptPool.close();
    }

    @Override
    public String toString() {
        return "Database[***]";
    }
}
