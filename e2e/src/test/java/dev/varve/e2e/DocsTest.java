package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.Product;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The documents name only what exists.
class DocsTest {
    private static final Path ROOT = Product.root();
    private static final Pattern FENCE = Pattern.compile("(?s)```.*?```");
    private static final Pattern QUOTED = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

    private static final Pattern CUT_COMMENT = Pattern.compile("(?m)^ *///.*\\n *// \\S");

    /// At least two humps: `EventLog`, `AcknowledgementTest`, not `Retry`.
    private static final Pattern CLASS_NAME = Pattern.compile("[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+(?:\\.java)?");

    private static final Pattern FILE_PATH = Pattern.compile("[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*/?");
    private static final Pattern PACKAGE = Pattern.compile("dev\\.varve(?:\\.[a-z]+)*");

    private static final Set<String> LEFT_BEHIND = Set.of("target", ".git", "varve-data", "node_modules");

    /// Class names of the JDK and of wire fields that a document may mention.
    private static final Set<String> NOT_OURS = Set.of("CopyManager", "VmRSS");

    @Test
    void everyClassNamedInADocumentExists() {
        Set<String> known = sources()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        known.addAll(NOT_OURS);
        known.addAll(nested());

        assertThat(named(CLASS_NAME.asMatchPredicate(), name -> known.contains(name.replace(".java", ""))))
                .isEmpty();
    }

    @Test
    void everyPathNamedInADocumentExists() {
        Predicate<String> isPath = text -> FILE_PATH.matcher(text).matches() && startsInRoot(text);

        assertThat(named(isPath, text -> Files.exists(ROOT.resolve(text)))).isEmpty();
    }

    @Test
    void everyPackageNamedInADocumentExists() {
        Set<String> known = sources()
                .map(file -> file.resolveSibling("").toString().replace('/', '.'))
                .flatMap(path -> Stream.of(path.substring(path.indexOf("dev.varve"))))
                .flatMap(DocsTest::withParents)
                .collect(Collectors.toSet());

        assertThat(named(PACKAGE.asMatchPredicate(), known::contains)).isEmpty();
    }

    @Test
    void everyRelativeLinkLeadsSomewhere() {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            for (MatchResult link : LINK.matcher(text(document)).results().toList()) {
                if (!Files.exists(document.resolveSibling(link.group(1).strip()))) {
                    broken.add(ROOT.relativize(document) + ": " + link.group(1));
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void theReadmesCommandsExistInTheLauncher() {
        String launcher = text(Product.launcher());

        assertThat(Files.isExecutable(Product.launcher())).isTrue();
        assertThat(text(ROOT.resolve("README.md"))).contains("./varve demo", "./varve test");
        for (String command : List.of("start", "demo", "test", "bench", "doctor", "sandbox")) {
            assertThat(launcher).as("launcher knows " + command).containsPattern("\\b" + command + "\\b");
        }
    }

    @Test
    void theArchitectureFitsOnAFewPages() {
        assertThat(text(ROOT.resolve("ARCHITECTURE.md")).lines().count()).isLessThanOrEqualTo(150);
    }

    /// The formatter wraps a line that is too long into a comment of the other kind.
    @Test
    void noDocCommentIsCutByAPlainOne() {
        assertThat(sources()
                        .filter(file -> CUT_COMMENT.matcher(text(file)).find())
                        .map(ROOT::relativize))
                .isEmpty();
    }

    @Test
    void theCheckCanFail() {
        assertThat(CUT_COMMENT.matcher("    /// Of many\n    // words.\n").find())
                .isTrue();
        assertThat(CLASS_NAME.matcher("EventLogger").matches()).isTrue();
        assertThat(startsInRoot("core/src/main/java/dev/varve/Nowhere.java")).isTrue();
        assertThat(Files.exists(ROOT.resolve("core/src/main/java/dev/varve/Nowhere.java")))
                .isFalse();
    }

    /// Quoted texts of the wanted form that fail the check, with their document.
    private static List<String> named(Predicate<String> wanted, Predicate<String> check) {
        List<String> missing = new ArrayList<>();
        for (Path document : documents()) {
            String prose = FENCE.matcher(text(document)).replaceAll("");
            QUOTED.matcher(prose)
                    .results()
                    .map(match -> match.group(1))
                    .filter(wanted.and(check.negate()))
                    .forEach(name -> missing.add(ROOT.relativize(document) + ": " + name));
        }
        return missing;
    }

    /// Looks like a file of this checkout: its first part is one.
    private static boolean startsInRoot(String path) {
        int slash = path.indexOf('/');
        // ./… is where a command is typed, not a folder of the source.
        return slash > 0 && !path.startsWith("./") && Files.exists(ROOT.resolve(path.substring(0, slash)));
    }

    private static Set<String> nested() {
        Pattern declaration = Pattern.compile("(?:record|enum|class|interface) ([A-Z][A-Za-z0-9]+)");
        return sources()
                .flatMap(file -> declaration.matcher(text(file)).results().map(match -> match.group(1)))
                .collect(Collectors.toSet());
    }

    private static Stream<String> withParents(String name) {
        return Stream.iterate(name, n -> n.startsWith("dev.varve"), n -> n.substring(0, n.lastIndexOf('.')));
    }

    private static List<Path> documents() {
        return files(2).filter(file -> file.toString().endsWith(".md")).toList();
    }

    private static Stream<Path> sources() {
        return files(30).filter(file -> file.toString().endsWith(".java"));
    }

    /// Files of the checkout without what builds leave behind, which comes and goes while servers end.
    private static Stream<Path> files(int depth) {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(ROOT, Set.of(), depth, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    boolean isLeft =
                            LEFT_BEHIND.contains(directory.getFileName().toString());
                    return isLeft ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        files.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files.stream();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
