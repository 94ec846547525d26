package dev.varve.store.postgres.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.varve.eventlog.EventLogUnavailableException;
import dev.varve.identity.ConsentLookup;
import dev.varve.identity.ConsentRecord;
import dev.varve.identity.Consents;
import dev.varve.identity.Profiles.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.JdbiException;

/// Consent records for the hot paths. A filter in memory knows who withheld nothing, which is nearly everybody; the
/// others' records are read at most once a second each, all of one request together. Thread-safe.
///
/// `refresh` must be called every second: it learns of what other processes recorded.
public final class CachedConsents implements Consents, ConsentLookup {
    private static final Duration MAX_AGE = Duration.ofMillis(900);
    private static final int MAX_RECORDS = 50_000;

    private final PostgresConsents store;
    private final SubjectFilter filter = new SubjectFilter();
    private final Cache<Subject, ConsentRecord> records;
    private String since = PostgresConsents.BEGINNING;

    /// Reads who withheld anything so far.
    public static CachedConsents open(PostgresConsents store) {
        CachedConsents consents = new CachedConsents(store, Ticker.systemTicker());
        consents.refresh();
        return consents;
    }

    CachedConsents(PostgresConsents store, Ticker ticker) {
        this.store = store;
        this.records = Caffeine.newBuilder()
                .expireAfterWrite(MAX_AGE)
                .maximumSize(MAX_RECORDS)
                .ticker(ticker)
                .build();
    }

    public synchronized void refresh() {
        since = store.changes(since, filter::add);
    }

    /// Seen by this process at once.
    @Override
    public void state(Collection<Subject> subjects, Statement statement) {
        store.state(subjects, statement);
        if (statement.said().isRestricting()) {
            subjects.forEach(subject -> filter.add(SubjectKey.of(subject)));
        }
        records.invalidateAll(subjects);
    }

    @Override
    public Map<Subject, ConsentRecord> find(Collection<Subject> subjects) {
        return store.find(subjects);
    }

    /// @throws EventLogUnavailableException when the store had to be asked and did not answer
    @Override
    public Map<Subject, ConsentRecord> restricting(Collection<Subject> subjects) {
        if (filter.isEmpty()) {
            return Map.of();
        }
        Map<Subject, ConsentRecord> restricting = new HashMap<>();
        List<Subject> unread = new ArrayList<>(0);
        for (Subject subject : suspects(subjects)) {
            ConsentRecord record = records.getIfPresent(subject);
            if (record == null) {
                unread.add(subject);
            } else if (record.isRestricting()) {
                restricting.put(subject, record);
            }
        }
        read(unread).forEach((subject, record) -> {
            if (record.isRestricting()) {
                restricting.put(subject, record);
            }
        });
        return restricting;
    }

    private Set<Subject> suspects(Collection<Subject> subjects) {
        Set<Subject> suspects = new HashSet<>();
        for (Subject subject : subjects) {
            if (filter.mayContain(SubjectKey.of(subject))) {
                suspects.add(subject);
            }
        }
        return suspects;
    }

    private Map<Subject, ConsentRecord> read(List<Subject> unread) {
        if (unread.isEmpty()) {
            return Map.of();
        }
        try {
            Map<Subject, ConsentRecord> found = store.find(unread);
            unread.forEach(subject -> records.put(subject, found.getOrDefault(subject, ConsentRecord.UNSTATED)));
            return found;
        } catch (JdbiException e) {
            throw new EventLogUnavailableException("consent cannot be looked up", e);
        }
    }
}
