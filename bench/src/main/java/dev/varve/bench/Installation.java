package dev.varve.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/// The PostgreSQL of a running installation.
record Installation(String url, String password) {
    static final String USER = "varve";
    static final String DATABASE = "varve";

    static Installation of(Path data) throws IOException {
        String port =
                Files.readAllLines(data.resolve("pg/postmaster.pid")).get(3).strip();
        String password = Files.readString(data.resolve("pg.password")).strip();
        return new Installation("jdbc:postgresql://127.0.0.1:" + port + "/", password);
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url + database, USER, password);
    }

    /// To the product's own database.
    Connection connect() throws SQLException {
        return connect(DATABASE);
    }

    @Override
    public String toString() {
        return "Installation[" + url + "]";
    }
}
