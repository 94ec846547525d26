package dev.varve.server;

import dev.varve.server.config.HttpSettings;
import dev.varve.server.config.SettingsException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Looks whether ports can be opened before anything else starts, so that a refusal is quick and names the setting.
final class Ports {
    private Ports() {}

    /// @throws SettingsException when one of the ports cannot be opened at the address
    static void requireFree(HttpSettings settings) {
        requireFree(settings.bind(), settings.port(), "port");
        settings.ingestPort().ifPresent(port -> requireFree(settings.bind(), port, "ingest-port"));
    }

    /// `setting`: the name of the setting the port comes from. Port 0 is always free.
    static void requireFree(String bind, int port, String setting) {
        InetSocketAddress address = new InetSocketAddress(bind, port);
        if (address.isUnresolved()) {
            throw new SettingsException("bind: the address " + bind + " is not known here.");
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
        } catch (BindException e) {
            throw new SettingsException(
                    isInUse(e)
                            ? "Port " + port + " is in use already; choose another with --" + setting + "."
                            : "Port " + port + " cannot be opened at " + bind + " (" + e.getMessage()
                                    + "); see the settings bind and " + setting + ".");
        } catch (IOException e) {
            throw new SettingsException("Port " + port + " cannot be opened at " + bind + ": " + e.getMessage() + ".");
        }
    }

    private static boolean isInUse(BindException e) {
        return String.valueOf(e.getMessage()).contains("in use");
    }
}
