package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The product keeps the directions of ARCHITECTURE.md, and each rule is shown to fail on a planted violation.
class ArchitectureTest {
    private static final String PLANTED_ROOT = "dev.varve.e2e.planted";
    private static final JavaClasses PRODUCT =
            new ClassFileImporter().withImportOption(new NotThisModule()).importPackages("dev.varve");
    private static final JavaClasses PLANTED = new ClassFileImporter().importPackages(PLANTED_ROOT);
    private static final JavaClasses TESTS = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/planted/"))
            .importPackages("dev.varve.e2e");

    /// What is checked on the product, each with the planted class that it must name.
    enum Rule {
        CORE_ROWS(ArchitectureRules::coreRows, "PlantedEvent"),
        NO_CYCLES(rules -> List.of(rules.noCycles()), "PlantedConnector"),
        CORE_KNOWS_NOTHING_OUTSIDE(rules -> List.of(rules.coreKnowsNothingOutside()), "PlantedStatus"),
        CORE_KNOWS_NO_DRIVER(rules -> List.of(rules.coreKnowsNoDriverAndNoFramework()), "PlantedCall"),
        SIBLINGS_ARE_STRANGERS(ArchitectureRules::siblingsAreStrangers, "PlantedStore"),
        NAMES(rules -> List.of(rules.namesSayWhatThingsAre()), "PlantedHelper");

        private final Function<ArchitectureRules, List<ArchRule>> rules;
        private final String guilty;

        Rule(Function<ArchitectureRules, List<ArchRule>> rules, String guilty) {
            this.rules = rules;
            this.guilty = guilty;
        }
    }

    @ParameterizedTest
    @EnumSource
    void theProductKeeps(Rule rule) {
        for (ArchRule each : rule.rules.apply(new ArchitectureRules("dev.varve"))) {
            assertThatCode(() -> each.check(PRODUCT)).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @EnumSource
    void canFail(Rule rule) {
        assertThat(violations(rule.rules.apply(new ArchitectureRules(PLANTED_ROOT)), PLANTED))
                .contains(rule.guilty);
    }

    @Test
    void testsOfThisModuleNeverSleepAndTheRuleCanFail() {
        assertThat(violations(List.of(new ArchitectureRules("dev.varve.e2e").nobodySleeps()), TESTS))
                .isEmpty();
        assertThat(violations(List.of(new ArchitectureRules(PLANTED_ROOT).nobodySleeps()), PLANTED))
                .contains("PlantedHelper");
    }

    @Test
    void everyModuleIsLookedAt() {
        Set<String> modules = PRODUCT.stream()
                .map(type -> type.getPackageName().replaceFirst("^dev\\.varve\\.([a-z]+).*", "$1"))
                .collect(Collectors.toSet());

        assertThat(modules).contains("event", "eventlog", "delivery", "connectors", "store", "sandbox", "server");
    }

    private static String violations(List<ArchRule> rules, JavaClasses classes) {
        return rules.stream()
                .map(rule -> rule.evaluate(classes).getFailureReport())
                .filter(report -> !report.isEmpty())
                .map(Object::toString)
                .collect(Collectors.joining("\n"));
    }

    /// The product's own classes: not these tests.
    private static final class NotThisModule implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/") && !location.contains("/dev/varve/e2e/");
        }
    }
}
