package dev.varve.identity;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The raw matching fields of one event, in memory only until the event is stored. Not thread-safe.
///
/// Which value wins does not depend on the order in which they come: sources have ranks, names of one kind have
/// ranks, and of one name given twice the later one counts.
public final class MatchInputs {
    private static final int MAX_INPUTS = 400;

    /// Where a field was found; the first source that has a usable value wins.
    public enum Source {
        USER_OBJECT,
        PROPERTIES,
        EVENT,
        CONTEXT,
        PAGE_URL,
        REFERRER
    }

    record Input(FieldKind kind, int rank, String name, int occurrence, String value) {
        @Override
        public String toString() {
            return "Input[" + kind + ", ***]";
        }

        boolean isSameField(Input other) {
            return kind == other.kind && rank == other.rank && name.equals(other.name);
        }
    }

    private static final Comparator<Input> ORDER = Comparator.comparing(Input::kind)
            .thenComparingInt(Input::rank)
            .thenComparing(Input::name)
            .thenComparing(Comparator.comparingInt(Input::occurrence).reversed());

    private final List<Input> inputs = new ArrayList<>(4);
    private int occurrence;

    /// Starts a field: values added until the next call form one list and replace earlier ones of the same name.
    public void begin() {
        occurrence++;
    }

    public void add(Source source, FieldName field, String name, String value) {
        if (inputs.size() < MAX_INPUTS && !value.isEmpty()) {
            int rank = source.ordinal() * 16 + field.rank();
            inputs.add(new Input(field.kind(), rank, name, occurrence, value));
        }
    }

    public void add(Source source, FieldKind kind, @Nullable String value) {
        if (value != null) {
            begin();
            add(source, new FieldName(kind, 0), "", value);
        }
    }

    /// Forgets all fields of a source, because the object that held them came a second time.
    public void forget(Source source) {
        inputs.removeIf(input -> input.rank() / 16 == source.ordinal());
    }

    /// Forgets all fields of a kind, because they may not be kept.
    public void forget(FieldKind kind) {
        inputs.removeIf(input -> input.kind() == kind);
    }

    /// Writes the member `match`, or nothing when there is nothing to match by.
    public void writeTo(JsonGenerator json, MatchSettings settings) throws IOException {
        if (inputs.isEmpty()) {
            return;
        }
        inputs.sort(ORDER);
        new MatchWriter(json, this, settings).write();
    }

    /// The first usable reading among the sources of a kind.
    @Nullable
    String first(FieldKind kind, java.util.function.Function<String, @Nullable String> reading) {
        for (List<String> values : candidates(kind)) {
            for (String value : values) {
                String read = reading.apply(Text.trim(value));
                if (read != null) {
                    return read;
                }
            }
        }
        return null;
    }

    /// The values of a kind, best source first; each element is the list of values of one field.
    List<List<String>> candidates(FieldKind kind) {
        List<List<String>> found = List.of();
        Input head = null;
        for (Input input : inputs) {
            if (input.kind() != kind) {
                continue;
            }
            if (head == null || !head.isSameField(input)) {
                head = input;
                found = found.isEmpty() ? new ArrayList<>(2) : found;
                found.add(new ArrayList<>(2));
            }
            if (head.occurrence() == input.occurrence()) {
                found.getLast().add(input.value());
            }
        }
        return found;
    }

    boolean has(FieldKind kind) {
        for (Input input : inputs) {
            if (input.kind() == kind) {
                return true;
            }
        }
        return false;
    }
}
