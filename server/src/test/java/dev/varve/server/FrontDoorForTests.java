package dev.varve.server;

import dev.varve.server.config.HttpSettings;
import io.helidon.webserver.http.HttpRules;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// The real listener on a free loopback port.
public record FrontDoorForTests(FrontDoor door) implements AutoCloseable {
    public static FrontDoorForTests open(Consumer<HttpRules> routes) {
        HttpSettings settings =
                new HttpSettings("127.0.0.1", 0, OptionalInt.empty(), Optional.empty(), Optional.empty(), List.of());
        return new FrontDoorForTests(FrontDoor.open(settings, routes, _ -> {}));
    }

    public int port() {
        return door.port();
    }

    @Override
    public void close() {
        door.close();
    }
}
