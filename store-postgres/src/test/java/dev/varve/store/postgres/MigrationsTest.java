package dev.varve.store.postgres;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MigrationsTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    @Test
    void refusesASchemaNewerThanTheProgramInOneSentence() {
        postgres.database().jdbi().useHandle(handle -> handle.execute("""
                insert into flyway_schema_history (installed_rank, version, description, type, script,
                    installed_by, execution_time, success) values (999, '999', 'future', 'SQL', 'V999__future.sql', 'x', 1, true)
                """));
        assertThatThrownBy(() -> Migrations.apply(postgres.database().dataSource()))
                .isInstanceOf(SchemaTooNewException.class)
                .hasMessageContaining("schema version 999");
    }
}
