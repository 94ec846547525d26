package dev.varve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.server.config.HttpSettings;
import dev.varve.server.config.SettingsException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// A port that cannot be opened stops the start; nothing says that the server runs when it does not.
class PortsTest {
    private static HttpSettings settings(int port, OptionalInt ingestPort) {
        return new HttpSettings("127.0.0.1", port, ingestPort, Optional.empty(), Optional.empty(), List.of());
    }

    private static ServerSocket taken() throws Exception {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @Test
    void aTakenPortIsRefusedByNumberAndSetting() throws Exception {
        try (ServerSocket other = taken()) {
            int port = other.getLocalPort();
            assertThatThrownBy(() -> Ports.requireFree(settings(port, OptionalInt.empty())))
                    .isInstanceOf(SettingsException.class)
                    .hasMessage("Port " + port + " is in use already; choose another with --port.");
            assertThatThrownBy(() -> Ports.requireFree(settings(0, OptionalInt.of(port))))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageEndingWith("--ingest-port.");
        }
    }

    @Test
    void anAddressOfAnotherMachineIsRefusedByName() {
        assertThatThrownBy(() -> Ports.requireFree("203.0.113.9", 0, "port"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("203.0.113.9");
    }

    @Test
    void aFreePortStaysFree() throws Exception {
        int port;
        try (ServerSocket other = taken()) {
            port = other.getLocalPort();
        }
        Ports.requireFree(settings(port, OptionalInt.empty()));
        try (ServerSocket mine = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(mine.isBound()).isTrue();
        }
    }

    @Test
    void aListenerThatCannotOpenIsNoRunningServer() throws Exception {
        try (ServerSocket other = taken()) {
            HttpSettings taken = settings(other.getLocalPort(), OptionalInt.empty());
            assertThatThrownBy(() -> FrontDoor.open(taken, _ -> {}, _ -> {})).isInstanceOf(SettingsException.class);
            HttpSettings ingestTaken = settings(0, OptionalInt.of(other.getLocalPort()));
            assertThatThrownBy(() -> FrontDoor.open(ingestTaken, _ -> {}, _ -> {}))
                    .isInstanceOf(SettingsException.class);
        }
    }
}
