package dev.varve.server.api;

import dev.varve.server.config.SdkPackages;
import java.util.List;

/// The lines that start an SDK with this app id against this ingest host. They hold no key: the app id is the
/// credential of an app.
record InstallSnippets(SdkPackages packages, String appId, String ingestUrl) {
    /// A file to create or to add to.
    record SourceFile(String path, Action action, String contents) {}

    enum Action {
        CREATE("create"),
        MODIFY("modify");

        private final String wireName;

        Action(String wireName) {
            this.wireName = wireName;
        }

        String wireName() {
            return wireName;
        }
    }

    /// What the program calls where it starts.
    String start(InstallPlatform platform) {
        return switch (platform) {
            case IOS -> """
                import Layers

                Layers.initialize(config: LayersConfig(appId: "%s", environment: .production, baseUrl: "%s"))
                """.formatted(appId, ingestUrl);
            case ANDROID -> """
                import com.layers.sdk.android.LayersAndroid

                LayersAndroid.configure(this) {
                    appId = "%s"
                    baseUrl = "%s"
                }
                """.formatted(appId, ingestUrl);
            case WEB -> javaScript(platform, "LayersClient");
            case REACT_NATIVE, EXPO -> javaScript(platform, "LayersReactNative");
            case FLUTTER -> """
                import 'package:%1$s/%1$s.dart';

                await Layers.init(LayersConfig(
                  appId: '%2$s',
                  environment: LayersEnvironment.production,
                  baseUrl: '%3$s',
                ));
                """.formatted(platform.coordinate(packages).name(), appId, ingestUrl);
        };
    }

    private String javaScript(InstallPlatform platform, String client) {
        return """
                import { %s } from '%s';

                export const layers = new %s({
                  appId: '%s',
                  environment: 'production',
                  baseUrl: '%s',
                });
                await layers.init();
                """.formatted(client, platform.coordinate(packages).name(), client, appId, ingestUrl);
    }

    List<SourceFile> files(InstallPlatform platform) {
        return switch (platform) {
            case IOS -> List.of(created("Sources/Tracking.swift", swift()));
            case ANDROID -> List.of(created("app/src/main/kotlin/tracking/Tracking.kt", kotlin()));
            case WEB, REACT_NATIVE -> List.of(created("src/tracking.ts", typeScript(platform)));
            case EXPO ->
                List.of(
                        created("src/tracking.ts", typeScript(platform)),
                        new SourceFile("app.json", Action.MODIFY, expoPlugin()));
            case FLUTTER -> List.of(created("lib/tracking.dart", dart()));
        };
    }

    private static SourceFile created(String path, String contents) {
        return new SourceFile(path, Action.CREATE, contents);
    }

    private String swift() {
        return """
                import Layers

                /// Call `Tracking.start()` once, where the app starts.
                enum Tracking {
                    static func start() {
                        Layers.initialize(config: LayersConfig(appId: "%s", environment: .production, baseUrl: "%s"))
                    }
                }
                """.formatted(appId, ingestUrl);
    }

    private String kotlin() {
        return """
                package tracking

                import android.app.Application
                import com.layers.sdk.android.LayersAndroid

                /** Call `Tracking.start(this)` once, in `Application.onCreate`. */
                object Tracking {
                    fun start(application: Application) {
                        LayersAndroid.configure(application) {
                            appId = "%s"
                            baseUrl = "%s"
                        }
                    }
                }
                """.formatted(appId, ingestUrl);
    }

    /// Without await at the top level, which not every bundler takes.
    private String typeScript(InstallPlatform platform) {
        return javaScript(platform, platform == InstallPlatform.WEB ? "LayersClient" : "LayersReactNative")
                .replace("await layers.init();\n", """

                        /** Call once, where the app starts. */
                        export function startTracking(): Promise<void> {
                          return layers.init();
                        }
                        """);
    }

    private String expoPlugin() {
        return """
                {
                  "expo": {
                    "plugins": ["%s"]
                  }
                }
                """.formatted(packages.expo().name());
    }

    private String dart() {
        return """
                import 'package:%1$s/%1$s.dart';

                /// Call once in `main`, after `WidgetsFlutterBinding.ensureInitialized()`.
                Future<void> startTracking() {
                  return Layers.init(LayersConfig(
                    appId: '%2$s',
                    environment: LayersEnvironment.production,
                    baseUrl: '%3$s',
                  ));
                }
                """.formatted(packages.flutter().name(), appId, ingestUrl);
    }
}
