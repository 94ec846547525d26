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
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;

/// Connections to one PostgreSQL, embedded or external. Thread-safe.
public final class Database implements AutoCloseable, Component {
    private static final Duration CONNECTION_WAIT = Duration.ofSeconds(5);
    private final String url;
    private final Properties login = new Properties();
    private final HikariDataSource pool;
    private final Jdbi jdbi;

    private Database(String url, String user, String password, int poolSize) {
        this.url = url;
        login.setProperty("user", user);
        login.setProperty("password", password);
        login.setProperty("connectTimeout", "3");
        login.setProperty("tcpKeepAlive", "true");
        login.setProperty("ApplicationName", "varve");
        login.setProperty("logServerErrorDetail", "false"); // the detail quotes rows, which have no place in a log
        login.setProperty("options", "-c TimeZone=UTC");
        HikariConfig config = new HikariConfig();
        config.setPoolName("varve");
        config.setJdbcUrl(url);
        config.setDataSourceProperties(login);
        config.setMaximumPoolSize(poolSize);
        config.setMinimumIdle(Math.min(2, poolSize));
        config.setConnectionTimeout(CONNECTION_WAIT.toMillis());
        this.pool = new HikariDataSource(config);
        this.jdbi = Jdbi.create(pool);
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(StatementExceptions.MessageRendering.NONE);
    }

    /// Opens a pool of at most `poolSize` connections; fails at once when the server cannot be reached.
    public static Database open(String url, String user, String password, int poolSize) {
        return new Database(url, user, password, poolSize);
    }

    public Jdbi jdbi() {
        return jdbi;
    }

    public DataSource dataSource() {
        return pool;
    }

    /// A connection outside the pool, for a holder of session locks or a writer of its own. The caller closes it.
    public Connection dedicated() throws SQLException {
        return DriverManager.getConnection(url, login);
    }

    @Override
    public String name() {
        return "database";
    }

    @Override
    public CheckResult check() {
        try (Connection connection = pool.getConnection()) {
            return connection.isValid(1)
                    ? new CheckResult.Passed("PostgreSQL answers")
                    : new CheckResult.Failed("PostgreSQL does not answer");
        } catch (SQLException e) {
            return new CheckResult.Failed("PostgreSQL cannot be reached");
        }
    }

    @Override
    public void close() {
        pool.close();
    }

    @Override
    public String toString() {
        return "Database[***]";
    }
}
