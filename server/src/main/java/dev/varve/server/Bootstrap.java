package dev.varve.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `bootstrap.json` in the data directory, mode 0600: the addresses and the first key, and in a demo its objects.
/// URLs have no trailing slash and no `/v1` or `/l`. Never printed whole, because of the key.
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Bootstrap(
        String apiUrl,
        String ingestUrl,
        String dashboardUrl,
        String organizationId,
        String apiKey,
        @Nullable String projectId,
        @Nullable String appId,
        @Nullable String webAppId,
        @Nullable String sandboxUrl) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    static Optional<Bootstrap> read(Path data) {
        Path file = file(data);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), Bootstrap.class));
        } catch (IOException e) {
            throw new dev.varve.server.config.SettingsException(
                    file + " cannot be read; it holds the first API key, put it back or remove it.");
        }
    }

    /// Replaces the file at once, so that a reader sees the old or the new one.
    public void write(Path data) {
        Path temporary = data.resolve("bootstrap.json.new");
        try {
            Files.deleteIfExists(temporary);
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                channel.write(
                        ByteBuffer.wrap(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this)));
                channel.force(true);
            }
            Files.move(temporary, file(data), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Bootstrap withUrls(String api, String ingest) {
        return new Bootstrap(api, ingest, api, organizationId, apiKey, projectId, appId, webAppId, sandboxUrl);
    }

    public Bootstrap withDemo(String project, String app, String webApp, String sandbox) {
        return new Bootstrap(apiUrl, ingestUrl, dashboardUrl, organizationId, apiKey, project, app, webApp, sandbox);
    }

    static Path file(Path data) {
        return data.resolve("bootstrap.json");
    }

    @Override
    public String toString() {
        return "Bootstrap[apiUrl=" + apiUrl + ", organizationId=" + organizationId + "]";
    }
}
