package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.longs;
import static dev.varve.store.postgres.tenant.Columns.times;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.varve.health.ObservedShapes;
import dev.varve.health.PropertyType;
import dev.varve.store.postgres.timeline.SelectArrivals.Arrival;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// Reads the documents of events one after the other and keeps the types of their properties. In here and not
/// in PostgreSQL: a document's properties come first, so that the rest of it is not even parsed.
final class SelectShapes {
    /// Documents under way at once; one has up to 64 KiB.
    private static final int FETCH = 50;
    /// As `Documents.FACTORY`, but for names: Jackson leaves them uncanonicalized only when it detects the charset.
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private SelectShapes() {}

    /// @param baseline oldest first
    /// @param sample oldest first
    static ObservedShapes read(Handle handle, List<Arrival> baseline, List<Arrival> sample) {
        ObservedShapes shapes = new ObservedShapes(
                baseline.stream().map(Arrival::receivedAt).toList(),
                sample.stream().map(Arrival::receivedAt).toList());
        List<Arrival> all = Stream.concat(baseline.stream(), sample.stream()).toList();
        handle.createQuery("""
                        select k.n, e.document from unnest(:offsets, :times) with ordinality k(log_offset, occurred_at, n)
                        cross join lateral (
                            select r.document from event r
                            where r.log_offset = k.log_offset and r.occurred_at = k.occurred_at limit 1) e
                        order by k.n""")
                .bind("offsets", longs(all.stream().map(Arrival::offset).toList()))
                .bind("times", times(all.stream().map(Arrival::occurredAt).toList()))
                .setFetchSize(FETCH)
                .map((row, context) -> new Document(row.getInt("n") - 1, row.getBytes("document")))
                .forEach(document -> document.tell(shapes));
        return shapes;
    }

    private record Document(int event, byte[] json) {
        void tell(ObservedShapes shapes) {
            try (JsonParser parser = JSON.createParser(json)) {
                parser.nextToken();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    boolean isSought = parser.currentName().equals("properties");
                    parser.nextToken();
                    if (isSought) {
                        tell(shapes, parser);
                        return;
                    }
                    parser.skipChildren();
                }
            } catch (IOException e) {
                throw new UncheckedIOException("a stored event cannot be read", e);
            }
        }

        private void tell(ObservedShapes shapes, JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String property = parser.currentName();
                type(parser.nextToken()).ifPresent(type -> shapes.saw(event, property, type));
                parser.skipChildren();
            }
        }

        private static Optional<PropertyType> type(JsonToken value) {
            return Optional.ofNullable(
                    switch (value) {
                        case VALUE_STRING -> PropertyType.STRING;
                        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> PropertyType.NUMBER;
                        case VALUE_TRUE, VALUE_FALSE -> PropertyType.BOOLEAN;
                        case START_OBJECT -> PropertyType.OBJECT;
                        case START_ARRAY -> PropertyType.ARRAY;
                        default -> null;
                    });
        }
    }
}
