package dev.varve.destination;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.varve.event.Documents;
import dev.varve.event.LoggedEvent;
import dev.varve.identity.KnownIds;
import dev.varve.tenant.IngestApp;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// An event on its way to the platforms, with what is known besides: its app, and what earlier events of the same
/// person or install told. Its document is parsed once, when first asked for. For one thread at a time.
public final class Candidate {
    private static final ObjectMapper JSON =
            JsonMapper.builder(Documents.FACTORY).build();

    private final LoggedEvent event;
    private final IngestApp app;
    private final KnownIds known;
    private @Nullable JsonNode document;

    public Candidate(LoggedEvent event, IngestApp app, KnownIds known) {
        this.event = event;
        this.app = app;
        this.known = known;
    }

    public LoggedEvent event() {
        return event;
    }

    public IngestApp app() {
        return app;
    }

    public KnownIds known() {
        return known;
    }

    /// The same event with other knowledge.
    public Candidate with(KnownIds other) {
        Candidate copy = new Candidate(event, app, other);
        copy.document = document;
        return copy;
    }

    /// The event's document; missing when it is no JSON object, which ingest never lets through.
    public JsonNode document() {
        JsonNode parsed = document;
        if (parsed == null) {
            parsed = parse(event.event().document());
            document = parsed;
        }
        return parsed;
    }

    private static JsonNode parse(byte[] json) {
        try {
            JsonNode tree = JSON.readTree(json);
            return tree != null && tree.isObject() ? tree : MissingNode.getInstance();
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }
}
