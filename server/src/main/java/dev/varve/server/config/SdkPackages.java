package dev.varve.server.config;

import java.net.URI;
import java.util.regex.Pattern;

/// Where the SDKs are that an install specification names. Each a name, or for iOS the URL of a Git repository, and a
/// version.
public record SdkPackages(
        Coordinate ios,
        Coordinate android,
        Coordinate web,
        Coordinate reactNative,
        Coordinate flutter,
        Coordinate expo) {
    public record Coordinate(String name, String version) {}

    private static final Pattern VERSION = Pattern.compile("[0-9][0-9A-Za-z.+-]{0,63}");
    private static final Pattern GRADLE = Pattern.compile("[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+");
    private static final Pattern NPM = Pattern.compile("(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*");
    private static final Pattern PUB = Pattern.compile("[a-z_][a-z0-9_]*");

    static SdkPackages from(SettingValues values) {
        return new SdkPackages(
                repository(values),
                coordinate(values, "sdk-android", GRADLE),
                coordinate(values, "sdk-web", NPM),
                coordinate(values, "sdk-react-native", NPM),
                coordinate(values, "sdk-flutter", PUB),
                coordinate(values, "sdk-expo", NPM));
    }

    private static Coordinate repository(SettingValues values) {
        Coordinate split = split(values, "sdk-ios");
        try {
            URI url = URI.create(split.name);
            if ("https".equals(url.getScheme()) && url.getHost() != null && url.getUserInfo() == null) {
                return split;
            }
        } catch (IllegalArgumentException e) {
            // told below, in the same words
        }
        throw new SettingsException("sdk-ios: '" + split.name + "' is not an https URL");
    }

    private static Coordinate coordinate(SettingValues values, String setting, Pattern form) {
        Coordinate split = split(values, setting);
        if (!form.matcher(split.name).matches()) {
            throw new SettingsException(setting + ": '" + split.name + "' is not the name of a package there");
        }
        return split;
    }

    private static Coordinate split(SettingValues values, String setting) {
        String text = values.text(setting).orElseThrow();
        int at = text.lastIndexOf('@');
        if (at <= 0 || !VERSION.matcher(text.substring(at + 1)).matches()) {
            throw new SettingsException(setting + ": '" + text + "' has not the form NAME@VERSION");
        }
        return new Coordinate(text.substring(0, at), text.substring(at + 1));
    }
}
