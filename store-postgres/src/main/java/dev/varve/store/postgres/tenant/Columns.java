package dev.varve.store.postgres.tenant;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.event.Platform;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.argument.Argument;
import org.jspecify.annotations.Nullable;

/// How the domain's values stand in PostgreSQL columns, both ways.
public final class Columns {
    /// Digits of the longest number that PostgreSQL holds, with room for sign and point.
    private static final int LONGEST_NUMBER = 131_072 + 16_383 + 2;

    /// Numbers come out of `jsonb` as they went in: every digit counts, as a change of one column writes all of them.
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(LONGEST_NUMBER)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private Columns() {}

    /// A `timestamptz`; `Instant.MIN` and `Instant.MAX` stand for minus and plus infinity.
    public static Argument at(@Nullable Instant instant) {
        return (position, statement, context) ->
                statement.setObject(position, offset(instant), java.sql.Types.TIMESTAMP_WITH_TIMEZONE);
    }

    public static Argument uuid(@Nullable UUID id) {
        return (position, statement, context) -> statement.setObject(position, id, java.sql.Types.OTHER);
    }

    public static Argument bytes(byte[] value) {
        return (position, statement, context) -> statement.setBytes(position, value);
    }

    /// A `text[]`.
    public static Argument texts(Collection<String> values) {
        return array("text", values.toArray());
    }

    /// A `bigint[]`.
    public static Argument longs(Collection<Long> values) {
        return array("bigint", values.toArray());
    }

    /// A `uuid[]`.
    public static Argument uuids(Collection<UUID> values) {
        return array("uuid", values.toArray());
    }

    /// Rows of ordinal and layer name, for `values` in the text of a statement.
    public static String constants(Collection<Platform> platforms) {
        return platforms.stream()
                .map(platform -> "(%d::smallint, '%s')".formatted(platform.ordinal(), platform.layerName()))
                .collect(Collectors.joining(", "));
    }

    /// A `timestamptz[]`; what PostgreSQL cannot hold becomes the nearest that it can.
    public static Argument times(Collection<Instant> values) {
        return array(
                "timestamptz",
                values.stream()
                        .map(value -> storable(value).atOffset(ZoneOffset.UTC).toString())
                        .toArray());
    }

    /// Without NUL, which PostgreSQL's text cannot hold.
    public static String storable(String text) {
        return text.replace("\0", "");
    }

    /// Cut to the precision of the store, so that what goes in comes out.
    public static Instant storable(Instant instant) {
        Instant known = instant.isBefore(EARLIEST) ? EARLIEST : instant.isAfter(LATEST) ? LATEST : instant;
        return known.truncatedTo(ChronoUnit.MICROS);
    }

    /// Text to be cast to `jsonb` in the statement; SQL null for null.
    public static Argument json(@Nullable JsonNode node) {
        return (position, statement, context) -> statement.setString(position, node == null ? null : node.toString());
    }

    public static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    public static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    public static UUID id(ResultSet row, String column) throws SQLException {
        return row.getObject(column, UUID.class);
    }

    public static @Nullable UUID idOrNull(ResultSet row, String column) throws SQLException {
        return row.getObject(column, UUID.class);
    }

    public static @Nullable String text(ResultSet row, String column) throws SQLException {
        return row.getString(column);
    }

    public static @Nullable Integer integer(ResultSet row, String column) throws SQLException {
        return row.getObject(column, Integer.class);
    }

    public static @Nullable Boolean bool(ResultSet row, String column) throws SQLException {
        return row.getObject(column, Boolean.class);
    }

    public static List<String> textList(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }

    public static @Nullable JsonNode jsonNode(ResultSet row, String column) throws SQLException {
        String text = row.getString(column);
        return text == null ? null : parse(text);
    }

    public static @Nullable ObjectNode jsonObject(ResultSet row, String column) throws SQLException {
        return (ObjectNode) jsonNode(row, column);
    }

    /// A `jsonb` object whose values are all strings.
    public static Map<String, String> textMap(ResultSet row, String column) throws SQLException {
        Map<String, String> texts = new TreeMap<>();
        ObjectNode object = jsonObject(row, column);
        if (object != null) {
            object.properties()
                    .forEach(member ->
                            texts.put(member.getKey(), member.getValue().asText()));
        }
        return texts;
    }

    public static ObjectNode textMap(Map<String, String> texts) {
        ObjectNode object = JSON.createObjectNode();
        new TreeMap<>(texts).forEach(object::put);
        return object;
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            throw new IllegalStateException("PostgreSQL gave JSON that cannot be read", e);
        }
    }

    private static Argument array(String type, Object[] values) {
        return (position, statement, context) ->
                statement.setArray(position, statement.getConnection().createArrayOf(type, values));
    }

    private static @Nullable OffsetDateTime offset(@Nullable Instant instant) {
        if (instant == null) {
            return null;
        }
        if (instant.equals(Instant.MIN)) {
            return OffsetDateTime.MIN;
        }
        return instant.equals(Instant.MAX) ? OffsetDateTime.MAX : instant.atOffset(ZoneOffset.UTC);
    }
}
