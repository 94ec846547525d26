package dev.varve.store.postgres.erasure;

import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.identity.Profiles.Subject;
import dev.varve.store.postgres.identity.SubjectKey;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/// What is stored of one subject besides events.
final class PersonRemoval {
    /// Clicks name nobody. Those are the subject's whose click id an event of the subject brought later; an `fbc` holds
    /// such an id after its own prefix.
    private static final String CLICKS = """
            click_record t where t.project_id = :project and exists (
                select from known_id k where k.project_id = :project and k.subject = :subject
                  and position(to_json(regexp_replace(k.value, '^fb[.][0-9]+[.][0-9]+[.]', ''))::text in t.click_ids) > 0)""";

    private static final String OF_SUBJECT = " t where t.project_id = :project and t.subject = :subject";

    private final Handle handle;
    private final SubjectKey key;

    PersonRemoval(Handle handle, Subject subject) {
        this.handle = handle;
        this.key = SubjectKey.of(subject);
    }

    Map<ErasedKind, Long> count() {
        Map<ErasedKind, Long> rows = new EnumMap<>(ErasedKind.class);
        tables().forEach((kind, table) -> rows.put(
                kind,
                handle.createQuery("select count(*) from " + table)
                        .bind("project", uuid(key.project()))
                        .bind("subject", uuid(key.subject()))
                        .mapTo(Long.class)
                        .one()));
        return rows;
    }

    Map<ErasedKind, Long> remove() {
        Map<ErasedKind, Long> rows = new EnumMap<>(ErasedKind.class);
        tables().forEach((kind, table) -> rows.put(kind, (long) delete(table)));
        return rows;
    }

    /// What a request that was on its way during an earlier erasure left behind: dead letters without their event.
    int removeOrphans() {
        return delete("dead_letter t where t.project_id = :project and cast(:subject as uuid) is not null"
                + " and not exists (select from event e where e.log_offset = t.log_offset"
                + " and e.occurred_at = t.occurred_at)");
    }

    private int delete(String table) {
        return handle.createUpdate("delete from " + table)
                .bind("project", uuid(key.project()))
                .bind("subject", uuid(key.subject()))
                .execute();
    }

    /// The clicks go first: it is the known ids that tell whose they are.
    private static Map<ErasedKind, String> tables() {
        Map<ErasedKind, String> tables = new LinkedHashMap<>();
        tables.put(ErasedKind.CLICKS, CLICKS);
        tables.put(ErasedKind.KNOWN_IDS, "known_id" + OF_SUBJECT);
        tables.put(ErasedKind.PROFILES, "user_profile" + OF_SUBJECT);
        tables.put(ErasedKind.CONSENTS, "consent_record" + OF_SUBJECT);
        return tables;
    }
}
