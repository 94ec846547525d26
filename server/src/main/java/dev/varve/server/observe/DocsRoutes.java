package dev.varve.server.observe;

import dev.varve.server.http.Answers;
import dev.varve.server.http.ApiException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;

/// What people read: a first page at `/`, the reference at `/docs`, drawn from `/openapi.yaml` by Swagger UI, and the
/// errors at `/docs/errors`. All files are in the server; the pages may contact nobody else.
final class DocsRoutes {
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final String OURS = "/docs/";
    private static final String WEBJAR_VERSION = "/META-INF/maven/org.webjars/swagger-ui/pom.properties";
    private static final String WEBJAR = "/META-INF/resources/webjars/swagger-ui/" + version() + "/";
    private static final String CSS = "text/css; charset=utf-8";
    private static final String JAVASCRIPT = "text/javascript; charset=utf-8";

    /// A file that the pages load: where in the server it is, and its media type.
    private record Asset(String folder, String type) {}

    private static final Map<String, Asset> ASSETS = Map.of(
            "swagger-ui-bundle.js", new Asset(WEBJAR, JAVASCRIPT),
            "swagger-ui.css", new Asset(WEBJAR, CSS),
            "start.js", new Asset(OURS, JAVASCRIPT),
            "pages.css", new Asset(OURS, CSS),
            "icon.svg", new Asset(OURS, "image/svg+xml"));

    void register(HttpRules rules) {
        page(rules, "/", "home.html");
        page(rules, "/docs", "reference.html");
        registerErrors(rules);
    }

    /// Where errors lead to, with the files that the page loads.
    void registerErrors(HttpRules rules) {
        page(rules, "/docs/errors", "errors.html");
        Answers.get(rules, "/docs/{file}", DocsRoutes::asset);
    }

    private static void page(HttpRules rules, String path, String file) {
        byte[] html = resource(OURS + file);
        Answers.get(rules, path, (request, response) -> {
            response.header(HeaderNames.create("Content-Security-Policy"), POLICY);
            response.header(HeaderNames.create("Referrer-Policy"), "no-referrer");
            send(request, response, "text/html; charset=utf-8", html);
        });
    }

    private static void asset(ServerRequest request, ServerResponse response) {
        String file = request.path().pathParameters().get("file");
        Asset asset = ASSETS.get(file);
        if (asset == null) {
            throw ApiException.notFound("file");
        }
        send(request, response, asset.type(), resource(asset.folder() + file));
    }

    private static void send(ServerRequest request, ServerResponse response, String type, byte[] body) {
        response.header(HeaderNames.CONTENT_TYPE, type);
        response.header(HeaderNames.create("X-Content-Type-Options"), "nosniff");
        response.header(HeaderNames.CACHE_CONTROL, "max-age=3600");
        Answers.send(request, response, body);
    }

    private static String version() {
        Properties properties = new Properties();
        try (InputStream in = DocsRoutes.class.getResourceAsStream(WEBJAR_VERSION)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "");
    }

    private static byte[] resource(String name) {
        try (InputStream in = DocsRoutes.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the server was packaged without " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
