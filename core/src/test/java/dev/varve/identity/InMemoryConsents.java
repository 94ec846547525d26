package dev.varve.identity;

import dev.varve.identity.Profiles.Subject;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Consent records for tests that need no database; passes `ConsentsContract`.
public final class InMemoryConsents implements Consents, ConsentLookup {
    private final Map<Subject, Row> rows = new HashMap<>();

    private record Field<T>(@Nullable T value, Instant at) {
        Field<T> with(@Nullable T said, Instant when) {
            return said == null || when.isBefore(at) ? this : new Field<>(said, when);
        }

        static <T> Field<T> open() {
            return new Field<>(null, Instant.MIN);
        }
    }

    private record Row(Field<Boolean> analytics, Field<Boolean> advertising, Field<String> attStatus) {
        Row with(Statement statement) {
            ConsentRecord said = statement.said();
            return new Row(
                    analytics.with(said.analytics(), statement.at()),
                    advertising.with(said.advertising(), statement.at()),
                    attStatus.with(said.attStatus(), statement.at()));
        }

        ConsentRecord record() {
            return new ConsentRecord(analytics.value(), advertising.value(), attStatus.value());
        }
    }

    @Override
    public synchronized void state(Collection<Subject> subjects, Statement statement) {
        subjects.forEach(subject -> rows.put(
                subject,
                rows.getOrDefault(subject, new Row(Field.open(), Field.open(), Field.open()))
                        .with(statement)));
    }

    @Override
    public synchronized Map<Subject, ConsentRecord> find(Collection<Subject> subjects) {
        Map<Subject, ConsentRecord> found = new HashMap<>();
        for (Subject subject : subjects) {
            Row row = rows.get(subject);
            if (row != null) {
                found.put(subject, row.record());
            }
        }
        return found;
    }

    @Override
    public Map<Subject, ConsentRecord> restricting(Collection<Subject> subjects) {
        Map<Subject, ConsentRecord> found = find(subjects);
        found.values().removeIf(record -> !record.isRestricting());
        return found;
    }
}
