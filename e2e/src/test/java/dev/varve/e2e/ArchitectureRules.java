package dev.varve.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The directions of ARCHITECTURE.md as rules over a package tree, `dev.varve` for the product.
record ArchitectureRules(String root) {
    /// Packages of the core; a package may use those of lower rows, and of its own row as long as no cycle arises.
    private static final List<List<String>> CORE = List.of(
            List.of("component"),
            List.of("event", "identity"),
            List.of("tenant", "eventlog"),
            List.of("collect", "destination"),
            List.of("delivery", "postback", "click"),
            List.of("health", "webhook", "audit"));

    /// Packages of the modules between core and server.
    private static final List<String> SIBLINGS = List.of("connectors", "store", "sandbox");

    private static final List<String> OUTSIDE_CORE = List.of("connectors", "store", "sandbox", "server", "bench");

    /// One rule per row of the core that has rows above it.
    List<ArchRule> coreRows() {
        List<ArchRule> rules = new ArrayList<>();
        for (int row = 0; row < CORE.size() - 1; row++) {
            String[] above =
                    packages(CORE.subList(row + 1, CORE.size()).stream().flatMap(List::stream));
            rules.add(noClasses()
                    .that()
                    .resideInAnyPackage(packages(CORE.get(row).stream()))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(above)
                    .allowEmptyShould(true));
        }
        return rules;
    }

    ArchRule noCycles() {
        return slices().matching(root + ".(*)..").should().beFreeOfCycles();
    }

    ArchRule coreKnowsNothingOutside() {
        return noClasses()
                .that()
                .resideInAnyPackage(packages(CORE.stream().flatMap(List::stream)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages(OUTSIDE_CORE.stream()));
    }

    ArchRule coreKnowsNoDriverAndNoFramework() {
        return noClasses()
                .that()
                .resideInAnyPackage(packages(CORE.stream().flatMap(List::stream)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.sql..",
                        "javax.sql..",
                        "java.net.http..",
                        "org.postgresql..",
                        "org.jdbi..",
                        "com.zaxxer..",
                        "org.flywaydb..",
                        "io.helidon..",
                        "io.micrometer..",
                        "picocli..",
                        "com.google.crypto.tink..");
    }

    /// One rule per sibling.
    List<ArchRule> siblingsAreStrangers() {
        List<ArchRule> rules = new ArrayList<>();
        for (String sibling : SIBLINGS) {
            rules.add(noClasses()
                    .that()
                    .resideInAnyPackage(root + "." + sibling + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(packages(Stream.concat(SIBLINGS.stream(), Stream.of("server", "bench"))
                            .filter(other -> !other.equals(sibling))))
                    .allowEmptyShould(true));
        }
        return rules;
    }

    ArchRule namesSayWhatThingsAre() {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .should()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameStartingWith("Abstract");
    }

    /// For tests: waiting is on something observable.
    ArchRule nobodySleeps() {
        return noClasses().that().resideInAPackage(root + "..").should().callMethod(Thread.class, "sleep", long.class);
    }

    private String[] packages(Stream<String> names) {
        return names.map(name -> root + "." + name + "..").toArray(String[]::new);
    }
}
