package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.server.config.SdkPackages;
import dev.varve.server.config.SdkPackages.Coordinate;
import dev.varve.tenant.SdkPlatform;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What an SDK can be built into, and how its package is named there. Web frameworks count as `WEB`.
enum InstallPlatform {
    IOS("ios"),
    ANDROID("android"),
    WEB("web"),
    REACT_NATIVE("react-native"),
    FLUTTER("flutter"),
    EXPO("expo");

    private final String wireName;

    InstallPlatform(String wireName) {
        this.wireName = wireName;
    }

    String wireName() {
        return wireName;
    }

    static List<String> wireNames() {
        return Arrays.stream(values()).map(InstallPlatform::wireName).toList();
    }

    static Optional<InstallPlatform> parse(String text) {
        return Arrays.stream(values())
                .filter(platform -> platform.wireName.equals(text))
                .findFirst();
    }

    static InstallPlatform of(SdkPlatform platform) {
        return switch (platform) {
            case IOS -> IOS;
            case ANDROID -> ANDROID;
            case REACT_NATIVE -> REACT_NATIVE;
            case FLUTTER -> FLUTTER;
            case EXPO -> EXPO;
            case WEB, NEXTJS, VITE, REACT_ROUTER -> WEB;
        };
    }

    Coordinate coordinate(SdkPackages packages) {
        return switch (this) {
            case IOS -> packages.ios();
            case ANDROID -> packages.android();
            case WEB -> packages.web();
            case REACT_NATIVE -> packages.reactNative();
            case FLUTTER -> packages.flutter();
            case EXPO -> packages.expo();
        };
    }

    ObjectNode dependency(SdkPackages packages) {
        Coordinate coordinate = coordinate(packages);
        return switch (this) {
            case IOS ->
                Json.object()
                        .put("manager", "spm")
                        .put("url", coordinate.name())
                        .put("from", coordinate.version());
            case ANDROID -> named("gradle", coordinate);
            case WEB, REACT_NATIVE, EXPO -> named("npm", coordinate);
            case FLUTTER -> named("pub", coordinate);
        };
    }

    private static ObjectNode named(String manager, Coordinate coordinate) {
        return Json.object()
                .put("manager", manager)
                .put("name", coordinate.name())
                .put("version", coordinate.version());
    }
}
