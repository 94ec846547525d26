package dev.varve.e2e;

import dev.varve.e2e.fixture.ApiAnswer;
import dev.varve.e2e.fixture.Http;
import dev.varve.e2e.fixture.OpenApi.Operation;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// One try of a described operation, and the statuses it may answer with.
record DescribedCall(String what, Http client, String path, String body, Set<String> expected) {
    ApiAnswer answer(Operation operation) {
        byte[] bytes = body.isEmpty() ? null : body.getBytes(StandardCharsets.UTF_8);
        return client.send(operation.method(), path, bytes);
    }
}
