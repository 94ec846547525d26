package dev.varve.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.audit.AuditTrail;
import dev.varve.collect.StoredId;
import dev.varve.identity.PersonalText;
import dev.varve.identity.Profiles.Subject;
import dev.varve.identity.Sha256;
import dev.varve.server.config.Settings;
import dev.varve.server.config.SettingsException;
import dev.varve.store.postgres.audit.PostgresAuditTrail;
import dev.varve.store.postgres.erasure.ErasedKind;
import dev.varve.store.postgres.erasure.Erasure;
import dev.varve.tenant.Mode;
import dev.varve.tenant.PrefixedId;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `./varve erase`: removes what is stored of one user or install of a project, beside a server that runs or without
/// one. Names the person nowhere, neither on the console nor in the audit trail.
final class EraseCommand {
    /// How long to wait for a server that is planning events of the person; usually it takes a second.
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int TELLING_DIGITS = 16;
    private static final int INCOMPLETE = 1;
    private static final String UNFINISHED = "The erasure is not finished; repeat the command.";
    private static final Logger LOG = LoggerFactory.getLogger(EraseCommand.class);

    private final Settings settings;
    private final Clock clock = Clock.systemUTC();

    EraseCommand(Settings settings) {
        this.settings = settings;
    }

    /// `project` and `id` as given on the command line. `confirmed`: without it nothing is removed, only counted.
    record Request(String project, Subject.Kind kind, String id, boolean confirmed) {}

    private record Project(UUID id, UUID organizationId, Mode mode) {}

    /// 0 when nothing of the person is left, or nothing was to be removed; 1 when something is.
    int run(Request request, PrintStream out) {
        UUID projectId = PrefixedId.PROJECT
                .parse(request.project())
                .orElseThrow(() -> new SettingsException("'" + request.project() + "' is no project id (prj_…)."));
        try (OperatorDatabase database = OperatorDatabase.open(settings)) {
            Jdbi jdbi = database.jdbi();
            Project project = project(jdbi, projectId);
            Subject subject = new Subject(projectId, request.kind(), storedId(request.id()));
            Erasure erasure = new Erasure(jdbi, subject, clock);
            if (!request.confirmed()) {
                print(erasure.count(), out);
                out.println("Nothing was removed. Repeat the command with --yes to remove it.");
                return 0;
            }
            try {
                erasure.erase(PATIENCE);
            } finally {
                new PostgresAuditTrail(jdbi, clock).record(row(project, subject, erasure.soFar()));
                print(erasure.soFar(), out);
            }
            return tellEnd(erasure.soFar(), out);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SettingsException(UNFINISHED);
        } catch (JdbiException e) {
            LOG.error("erase.failed", e);
            throw new SettingsException("The database failed. " + UNFINISHED);
        }
    }

    private static int tellEnd(Erasure.Outcome outcome, PrintStream out) {
        if (outcome.left() > 0) {
            out.printf("%d events are being planned by a server and were left. Repeat the command.%n", outcome.left());
            return INCOMPLETE;
        }
        out.println("Removed.");
        return 0;
    }

    private static Project project(Jdbi jdbi, UUID id) {
        return jdbi.withHandle(handle -> handle.createQuery("select organization_id, mode from project where id = :id")
                .bind("id", id)
                .map((row, context) -> new Project(
                        id,
                        row.getObject("organization_id", UUID.class),
                        Mode.parse(row.getString("mode")).orElseThrow()))
                .findOne()
                .orElseThrow(() -> new SettingsException(
                        "There is no project " + PrefixedId.PROJECT.format(id) + " in this installation.")));
    }

    /// As ingest stores it: an e-mail address or a phone number as its hash.
    private static String storedId(String id) {
        return StoredId.of(PersonalText.storedId(id), new Sha256());
    }

    private AuditTrail.Row row(Project project, Subject subject, Erasure.Outcome outcome) {
        ObjectNode data = JsonNodeFactory.instance
                .objectNode()
                .put("kind", subject.kind().name().toLowerCase(Locale.ROOT))
                .put("subjectSha256", new Sha256().hex(subject.id()).substring(0, TELLING_DIGITS));
        for (ErasedKind kind : ErasedKind.values()) {
            data.put(kind.member(), outcome.rows().getOrDefault(kind, 0L));
        }
        return new AuditTrail.Row(
                UUID.randomUUID(),
                "data.erased",
                clock.instant(),
                new AuditTrail.Origin(project.organizationId(), "operator", null, null, project.mode()),
                project.id(),
                null,
                data.put("left", outcome.left()));
    }

    private static void print(Erasure.Outcome outcome, PrintStream out) {
        for (ErasedKind kind : ErasedKind.values()) {
            out.printf("%10d  %s%n", outcome.rows().getOrDefault(kind, 0L), kind.label());
        }
    }
}
