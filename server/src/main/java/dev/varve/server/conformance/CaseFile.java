package dev.varve.server.conformance;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a file of the folder turned out to be.
sealed interface CaseFile {
    /// Numbers keep their digits, so that an expected amount is compared exactly.
    ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    record Readable(List<CaseReading> cases) implements CaseFile {}

    /// Not of this form, or no JSON at all.
    record Foreign(String reason) implements CaseFile {}

    static CaseFile read(Path file) {
        JsonNode root;
        try {
            root = JSON.readTree(file.toFile());
        } catch (IOException e) {
            return new Foreign("it is no readable JSON");
        }
        if (!root.isArray()) {
            return new Foreign("it is no list of cases");
        }
        boolean isOurs = false;
        for (JsonNode entry : root) {
            isOurs |= CaseReading.isCase(entry) || VectorRow.isRow(entry);
        }
        return isOurs ? new Readable(readings(root)) : new Foreign("none of its entries is a case");
    }

    private static List<CaseReading> readings(JsonNode root) {
        List<CaseReading> readings = new ArrayList<>();
        for (int i = 0; i < root.size(); i++) {
            JsonNode entry = root.get(i);
            readings.addAll(VectorRow.isRow(entry) ? List.of(VectorRow.read(entry, i)) : CaseReading.read(entry, i));
        }
        return readings;
    }
}
