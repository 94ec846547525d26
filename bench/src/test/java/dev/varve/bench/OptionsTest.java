package dev.varve.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What is asked for is what is measured.
class OptionsTest {
    @Test
    void withoutArgumentsEverythingIsMeasured() {
        Options options = Options.parse(new String[0]).orElseThrow();

        assertThat(options.wants("ingest")).isTrue();
        assertThat(options.wants("drain")).isTrue();
        assertThat(options.events()).isEqualTo(1_000_000);
    }

    @Test
    void aWholeHasItsPartsAndAPartStandsAlone() {
        Options relay = Options.parse(new String[] {"relay"}).orElseThrow();
        Options drain = Options.parse(new String[] {"drain", "--events=5000"}).orElseThrow();

        assertThat(relay.wants("mapping")).isTrue();
        assertThat(relay.wants("rush")).isTrue();
        assertThat(relay.wants("ingest")).isFalse();
        assertThat(drain.wants("drain")).isTrue();
        assertThat(drain.wants("mapping")).isFalse();
        assertThat(drain.events()).isEqualTo(5_000);
    }

    @Test
    void readsOfStoredDataAreAskedForByName() {
        Options query = Options.parse(new String[] {"query"}).orElseThrow();

        assertThat(query.wants("query")).isTrue();
        assertThat(query.wants("ingest")).isFalse();
        assertThat(query.events()).isEqualTo(10_000_000);
        assertThat(Options.parse(new String[0]).orElseThrow().wants("query")).isFalse();
        assertThat(Options.parse(new String[] {"query", "--events=99999"})).isEmpty();
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThat(Options.parse(new String[] {"everything"})).isEmpty();
        assertThat(Options.parse(new String[] {"--events=many"})).isEmpty();
        assertThat(Options.parse(new String[] {"--events=0"})).isEmpty();
        assertThat(Options.parse(new String[] {"--seconds=-1"})).isEmpty();
    }
}
