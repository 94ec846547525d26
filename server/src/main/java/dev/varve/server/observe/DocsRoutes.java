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
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;

/// What developers read: the reference at `/docs`, drawn from `/openapi.yaml` by Swagger UI, and the errors at
/// `/docs/errors`. All files are in the server; the pages may contact nobody else.
final class DocsRoutes {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
            + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final String WEBJAR = "/META-INF/resources/webjars/swagger-ui/";
    private static final String WEBJAR_VERSION = "/META-INF/maven/org.webjars/swagger-ui/pom.properties";
    private static final Map<String, String> ASSETS = Map.of(
            "swagger-ui-bundle.js", "text/javascript; charset=utf-8",
            "swagger-ui.css", "text/css; charset=utf-8");
    private static final byte[] START = """
            window.ui = SwaggerUIBundle({
              url: "/openapi.yaml", dom_id: "#reference", deepLinking: true, validatorUrl: null,
              persistAuthorization: false, defaultModelsExpandDepth: 0, docExpansion: "none", filter: true,
              presets: [SwaggerUIBundle.presets.apis]
            });
            """.getBytes(StandardCharsets.UTF_8);
    private static final byte[] REFERENCE = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Reference · Varve</title>
            <link rel="stylesheet" href="/docs/swagger-ui.css">
            </head><body>
            <div id="reference"><noscript><a href="/openapi.yaml">The description of the API</a></noscript></div>
            <p><a href="/docs/errors">Errors</a></p>
            <script src="/docs/swagger-ui-bundle.js"></script>
            <script src="/docs/start.js"></script>
            </body></html>
            """.getBytes(StandardCharsets.UTF_8);

    private final byte[] errors = resource("/docs/errors.html");
    private final String version = version();

    void register(HttpRules rules) {
        rules.get("/docs", (request, response) -> page(request, response, REFERENCE));
        registerErrors(rules);
        rules.get("/docs/{file}", this::asset);
    }

    void registerErrors(HttpRules rules) {
        rules.get("/docs/errors", (request, response) -> page(request, response, errors));
    }

    private void asset(ServerRequest request, ServerResponse response) {
        String file = request.path().pathParameters().get("file");
        if (file.equals("start.js")) {
            send(request, response, "text/javascript; charset=utf-8", START);
            return;
        }
        String type = ASSETS.get(file);
        if (type == null) {
            throw ApiException.notFound("file");
        }
        send(request, response, type, resource(WEBJAR + version + "/" + file));
    }

    private static void page(ServerRequest request, ServerResponse response, byte[] html) {
        response.header(HeaderNames.create("Content-Security-Policy"), POLICY);
        send(request, response, "text/html; charset=utf-8", html);
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
