package dev.varve.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.server.config.DatabaseSettings;
import dev.varve.server.config.SettingsException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// An external database that cannot be used is the operator's to mend: one sentence says why.
class ExternalDatabaseTest {
    @Test
    void aDatabaseThatDoesNotAnswerIsRefusedInOneSentenceWithoutItsPassword() throws Exception {
        int port;
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = nobody.getLocalPort();
        }
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/varve?password=planted";
        DatabaseSettings settings = new DatabaseSettings(Optional.of(url), Optional.of("varve"), Optional.empty(), 2);

        assertThatThrownBy(() -> StoreParts.openExternal(url, settings))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("The external PostgreSQL cannot be used: Connection to 127.0.0.1:" + port)
                .hasMessageNotContaining("planted");
    }
}
