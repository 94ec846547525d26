package dev.varve.server;

import dev.varve.identity.Profiles.Subject;
import dev.varve.server.config.Setting;
import dev.varve.server.config.Settings;
import dev.varve.server.config.SettingsCatalog;
import dev.varve.server.config.SettingsException;
import dev.varve.server.config.SettingsPage;
import dev.varve.server.config.SettingsSources;
import dev.varve.server.conformance.Conformance;
import dev.varve.server.demo.Demo;
import dev.varve.server.observe.JulBridge;
import dev.varve.server.observe.LogOutput;
import dev.varve.store.postgres.SchemaTooNewException;
import java.net.BindException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line: `start`, `demo`, `sandbox`, `doctor`, `erase`, `settings`, `conformance`. Refusals are one
/// sentence on standard error and exit code 1 (2 for the command line itself).
public final class Main {
    private static final int REFUSED = 1;
    private static final int USAGE = 2;

    private Main() {}

    public static void main(String[] args) {
        JulBridge.install();
        int code = commandLine().execute(args);
        LogOutput.finish();
        if (code != 0) {
            Runtime.getRuntime().halt(code);
        }
    }

    static CommandLine commandLine() {
        CommandSpec root = CommandSpec.create().name("varve");
        root.addSubcommand("start", withSettings("starts the server"));
        root.addSubcommand("demo", withSettings("starts the server with a sample project and live traffic"));
        root.addSubcommand("doctor", withSettings("checks this machine and a running installation"));
        root.addSubcommand("erase", eraseOptions());
        root.addSubcommand("settings", CommandSpec.create().mixinStandardHelpOptions(true));
        root.addSubcommand("sandbox", sandboxOptions());
        root.addSubcommand("conformance", conformanceArguments());
        CommandLine line = new CommandLine(root);
        line.setExecutionStrategy(Main::run);
        line.setParameterExceptionHandler((e, arguments) -> refuse(sentence(e), USAGE));
        line.setExecutionExceptionHandler((e, commandLine, result) -> refuse(e));
        return line;
    }

    private static CommandSpec withSettings(String description) {
        CommandSpec spec = CommandSpec.create().mixinStandardHelpOptions(true);
        spec.usageMessage().description(description);
        spec.addOption(text("--config", "FILE", "settings file, else varve.yaml in the data directory"));
        for (Setting setting : SettingsCatalog.all()) {
            spec.addOption(text("--" + setting.name(), setting.type(), setting.meaning()));
        }
        return spec;
    }

    private static CommandSpec eraseOptions() {
        CommandSpec spec = withSettings("removes what is stored of one user or install of a project");
        spec.addOption(text("--project", "prj_…", "the project"));
        spec.addOption(text("--user", "ID", "the user, as given to the SDK or the API"));
        spec.addOption(text("--install", "ID", "in place of --user: the install"));
        spec.addOption(OptionSpec.builder("--yes")
                .type(boolean.class)
                .description("remove it; without this nothing is removed, only counted")
                .build());
        return spec;
    }

    private static CommandSpec sandboxOptions() {
        CommandSpec spec = CommandSpec.create().mixinStandardHelpOptions(true);
        spec.addOption(OptionSpec.builder("--port")
                .type(int.class)
                .defaultValue("8090")
                .description("port to listen on")
                .build());
        return spec;
    }

    private static CommandSpec conformanceArguments() {
        CommandSpec spec = CommandSpec.create().mixinStandardHelpOptions(true);
        spec.usageMessage().description("runs a folder of neutral cases through the real mapping");
        spec.addPositional(PositionalParamSpec.builder()
                .type(Path.class)
                .paramLabel("DIR")
                .arity("1")
                .required(true)
                .description("folder with files of cases")
                .build());
        return spec;
    }

    private static OptionSpec text(String name, String label, String description) {
        return OptionSpec.builder(name)
                .type(String.class)
                .paramLabel(label)
                .description(description)
                .build();
    }

    private static int run(ParseResult result) {
        Integer help = CommandLine.executeHelpRequest(result);
        if (help != null) {
            return help;
        }
        if (!result.hasSubcommand()) {
            return refuse("name a command: start, demo, sandbox, doctor, erase, settings or conformance", USAGE);
        }
        ParseResult sub = result.subcommand();
        try {
            return run(sub.commandSpec().name(), sub);
        } catch (RuntimeException e) {
            return refuse(e);
        }
    }

    private static int run(String command, ParseResult options) {
        switch (command) {
            case "start" -> Running.start(settings(options));
            case "demo" -> Demo.run(settings(options));
            case "sandbox" -> Running.sandbox(options.matchedOptionValue("--port", 8090));
            case "doctor" -> {
                return new Doctor(settings(options)).examine(System.out);
            }
            case "erase" -> {
                return erase(options);
            }
            case "conformance" -> {
                return new Conformance(System.out, System.err).run(options.matchedPositionalValue(0, Path.of("")));
            }
            default -> System.out.print(SettingsPage.render());
        }
        return 0;
    }

    private static int erase(ParseResult options) {
        @Nullable String project = options.matchedOptionValue("--project", null);
        @Nullable String user = options.matchedOptionValue("--user", null);
        @Nullable String install = options.matchedOptionValue("--install", null);
        @Nullable String id = user == null ? install : user;
        if (project == null || id == null || id.isBlank() || (user != null && install != null)) {
            return refuse("erase needs --project, and one of --user and --install.", USAGE);
        }
        Subject.Kind kind = user == null ? Subject.Kind.INSTALL : Subject.Kind.USER;
        return new EraseCommand(settings(options))
                .run(new EraseCommand.Request(project, kind, id, options.hasMatchedOption("--yes")), System.out);
    }

    private static Settings settings(ParseResult options) {
        Map<String, String> given = new LinkedHashMap<>();
        for (Setting setting : SettingsCatalog.all()) {
            @Nullable String value = options.matchedOptionValue("--" + setting.name(), null);
            if (value != null) {
                given.put(setting.name(), value);
            }
        }
        @Nullable String file = options.matchedOptionValue("--config", null);
        Settings settings = SettingsSources.load(
                given, System.getenv(), Optional.ofNullable(file).map(Path::of));
        setLogLevel(settings);
        return settings;
    }

    private static void setLogLevel(Settings settings) {
        if (LoggerFactory.getLogger("dev.varve") instanceof ch.qos.logback.classic.Logger logger) {
            logger.setLevel(ch.qos.logback.classic.Level.convertAnSLF4JLevel(
                    settings.installation().logLevel()));
        }
    }

    private static String sentence(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().getFirst();
            if (first.startsWith("--")) {
                String name = first.substring(2).replaceFirst("=.*", "");
                return "There is no setting --" + name + "; did you mean --" + SettingsCatalog.nearest(name) + "?";
            }
            return "'" + first + "' is neither a command nor a setting.";
        }
        return String.valueOf(e.getMessage());
    }

    private static int refuse(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SettingsException || cause instanceof SchemaTooNewException) {
                return refuse(String.valueOf(cause.getMessage()), REFUSED);
            }
            if (cause instanceof BindException) {
                return refuse("A port is in use already; see the settings port, ingest-port, sandbox-port.", REFUSED);
            }
        }
        LoggerFactory.getLogger(Main.class).error("start.failed", e);
        return refuse("The start failed: " + e.getMessage(), REFUSED);
    }

    private static int refuse(String sentence, int code) {
        System.err.println("varve: " + sentence);
        return code;
    }
}
