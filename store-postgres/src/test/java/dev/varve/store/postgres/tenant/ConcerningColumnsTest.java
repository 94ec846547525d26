package dev.varve.store.postgres.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.store.postgres.PostgresForTests;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever changes a column that destinations, apps or pixels are made of, every process sees it with its next poll;
/// no other column costs a reading.
class ConcerningColumnsTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Map<String, List<String>> CONCERNING = Map.of(
            "layer",
            List.of(
                    "enabled = false",
                    "pixel_id = 'another'",
                    "access_token_id = null",
                    "event_map = '{\"a\": \"b\"}'",
                    "action_source = 'app'",
                    "data_processing_options = '{\"options\": [\"LDU\"]}'",
                    "default_country = 'DE'",
                    "platform = 'apple_ads'"),
            "sdk_app",
            List.of(
                    "name = 'b'",
                    "platform = 'ios'",
                    "bundle_id = 'b'",
                    "android_package = 'b'",
                    "web_domain = 'b.example'",
                    "app_store_id = '1'",
                    "app_key_sha256 = 'b'",
                    "require_ingest_key = true",
                    "capi = '{\"meta\": false}'",
                    "remote_config = '{\"kill_switch\": true}'",
                    "app_id = 'app_' || app_id"),
            "project",
            List.of("mode = 'test'", "status = 'archived'", "platform_web_domain = 'b.example'"));

    private static final Map<String, List<String>> OTHERS = Map.of(
            "layer",
            List.of(
                    "updated_at = 'epoch'",
                    "next_check_at = 'epoch'",
                    "check_refusals = 1",
                    "access_token_valid = true",
                    "access_token_validated_at = 'epoch'",
                    "test_event_code_since = 'epoch'"),
            "sdk_app",
            List.of("created_at = 'epoch'", "last_rotated_at = 'epoch'"),
            "project",
            List.of(
                    "name = 'b'",
                    "timezone = 'b'",
                    "primary_language = 'b'",
                    "customer_external_id = 'b'",
                    "owner_email = 'b'",
                    "app_name = 'b'",
                    "app_description = 'b'",
                    "tagline = 'b'",
                    "brand_voice = 'b'",
                    "target_gender = 'b'",
                    "platform_ios_bundle_id = 'b'",
                    "platform_android_bundle_id = 'b'",
                    "metadata = '{\"a\": 1}'",
                    "created_at = 'epoch'",
                    "updated_at = 'epoch'",
                    "archived_at = 'epoch'"));

    /// Noted though no copy has them: that costs a reading and nothing else.
    private static final Map<String, List<String>> IN_VAIN = Map.of("layer", List.of("test_event_code = 'T1'"));

    /// They name the row, or whose it is, and are tried by hand below.
    private static final Map<String, List<String>> KEYS = Map.of(
            "layer", List.of("id", "project_id"),
            "sdk_app", List.of("project_id"),
            "project", List.of("id", "organization_id"));

    private final TenantCopies tenant = new TenantCopies(postgres);

    @Test
    void everyColumnWasThoughtOf() {
        for (String table : CONCERNING.keySet()) {
            TreeSet<String> known = new TreeSet<>(KEYS.getOrDefault(table, List.of()));
            Stream.of(CONCERNING, OTHERS, IN_VAIN)
                    .flatMap(changes -> changes.getOrDefault(table, List.of()).stream())
                    .forEach(change -> known.add(change.substring(0, change.indexOf(' '))));
            List<String> columns = postgres.database().jdbi().withHandle(handle -> handle.createQuery(
                            "select column_name from information_schema.columns where table_name = :table")
                    .bind("table", table)
                    .mapTo(String.class)
                    .list());
            assertThat(known).as(table).containsExactlyInAnyOrderElementsOf(columns);
        }
    }

    static Stream<String> changes() {
        return Stream.concat(
                updates(CONCERNING),
                Stream.of(
                        "update vault_entry set ciphertext = 'another' where id = '<id>'",
                        "update organization set status = 'suspended' where id = '<id>'",
                        "delete from layer where project_id = '<id>'",
                        "delete from sdk_app where project_id = '<id>'",
                        "truncate layer",
                        "truncate sdk_app",
                        """
                        with o as (insert into organization (id, name, status, created_at, updated_at)
                            values (gen_random_uuid(), 'o', 'suspended', now(), now()) returning id)
                        update project p set organization_id = o.id from o where p.id = '<id>'"""));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aChangeIsSeenWithTheNextPoll(String sql) {
        tenant.begin();
        TenantCopies.View before = tenant.look();
        assertThat(before.destination().orElseThrow().accessToken()).isPresent();
        assertThat(before.app()).isPresent();
        tenant.sql(sql);
        tenant.poll();
        TenantCopies.View seen = tenant.look();
        TenantCopies.View of = new TenantCopies.View(seen.destination(), seen.app(), before.appsOfPixel());
        assertThat(of).usingRecursiveComparison().isNotEqualTo(before);
    }

    static Stream<String> otherChanges() {
        return Stream.concat(
                updates(OTHERS),
                Stream.of(
                        "update layer set pixel_id = pixel_id, enabled = enabled where project_id = '<id>'",
                        "update vault_entry set updated_at = 'epoch', ciphertext = ciphertext where id = '<id>'",
                        "update organization set name = 'b', metadata = '{\"a\": \"b\"}' where id = '<id>'",
                        "insert into organization (id, name, created_at, updated_at)"
                                + " values (gen_random_uuid(), 'o', now(), now())"));
    }

    @ParameterizedTest
    @MethodSource("otherChanges")
    void whatConcernsNoCopyIsNoChange(String sql) {
        tenant.begin();
        int reads = tenant.reads();
        int rows = rows();
        tenant.sql(sql);
        tenant.poll();
        tenant.look();
        assertThat(rows()).isEqualTo(rows);
        assertThat(tenant.reads()).isEqualTo(reads);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "delete from layer where project_id = '<id>'; delete from sdk_app where project_id = '<id>'",
                "update project set status = 'archived' where id = '<id>'"
            })
    void whatWasAbsentIsSeenWhenItComes(String absent) {
        tenant.sql(absent);
        tenant.begin();
        assertThat(tenant.look().app()).isEmpty();
        assertThat(tenant.look().destination()).isEmpty();
        tenant.sql("""
                update project set status = 'active' where id = '<id>';
                insert into layer (id, project_id, platform, updated_at) values ('<id>', '<id>', 'meta_ads', now())
                    on conflict do nothing;
                insert into sdk_app (app_id, project_id, name, platform, app_key_sha256, created_at, last_rotated_at)
                    values ('<app>', '<id>', 'a', 'web', '', now(), now()) on conflict do nothing""");
        tenant.poll();
        assertThat(tenant.look().app()).isPresent();
        assertThat(tenant.look().destination()).isPresent();
    }

    /// The project that lost it changed as well as the one that has it now.
    @Test
    void anAppThatMovesChangesBothProjects() {
        TenantCopies other = new TenantCopies(postgres);
        tenant.begin();
        int before = rows();
        tenant.sql("update sdk_app set project_id = '" + other.project + "' where app_id = '<app>'");
        assertThat(rows()).isEqualTo(before + 2);
        tenant.poll();
        assertThat(tenant.look().app().orElseThrow().projectId()).isEqualTo(other.project);
    }

    @Test
    void aSuspendedOrganizationsTokenIsWithheldUntilItResumes() {
        tenant.begin();
        tenant.sql("update organization set status = 'suspended' where id = '<id>'");
        tenant.poll();
        assertThat(tenant.look().destination().orElseThrow().accessToken()).isEmpty();
        tenant.sql("update organization set status = 'active' where id = '<id>'");
        tenant.poll();
        assertThat(tenant.look().destination().orElseThrow().accessToken()).isPresent();
    }

    /// The destination depends on the organization it has by then, in whatever order both were committed.
    @Test
    void aProjectThatMovesIntoAnOrganizationThatIsBeingSuspendedLosesItsToken() {
        TenantCopies other = new TenantCopies(postgres);
        tenant.begin();
        postgres.database().jdbi().useTransaction(suspending -> {
            suspending.execute("update organization set status = 'suspended' where id = ?", other.project);
            // Takes no more than a key share lock of the organization's row, so it need not wait.
            tenant.sql("update project set organization_id = '" + other.project + "' where id = '<id>'");
            tenant.poll();
            assertThat(tenant.look().destination().orElseThrow().accessToken()).isPresent();
        });
        tenant.poll();
        assertThat(tenant.look().destination().orElseThrow().accessToken()).isEmpty();
    }

    private static Stream<String> updates(Map<String, List<String>> changes) {
        return changes.entrySet().stream().flatMap(table -> table.getValue().stream()
                .map(change -> "update " + table.getKey() + " set " + change + " where "
                        + (table.getKey().equals("project") ? "id" : "project_id") + " = '<id>'"));
    }

    private static int rows() {
        return postgres.database().jdbi().withHandle(handle -> handle.createQuery("select count(*) from tenant_change")
                .mapTo(Integer.class)
                .one());
    }
}
