package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.server.api.ApiFixture.Reply;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import java.util.ArrayList;
import java.util.List;

/// One object of each kind to try bodies on. A call is a method and a path in which CHILD, PROJECT, APP, SITE
/// (an app of the web) and ENDPOINT stand for ids; a template is a body in which `$` stands for the value
/// tried.
final class LimitRig {
    private static final String WEBHOOK = "{\"url\": \"https://hooks.example/v\", \"events\": [\"test.ping\"]}";

    private final ApiFixture api;
    private final String key;
    final String child;
    final String project;
    final String app;
    private final String site;
    private final String endpoint;

    LimitRig(ApiFixture api) throws Exception {
        this.api = api;
        Organization organization = api.organization();
        key = api.key(organization, Mode.LIVE, "*", "org:admin");
        child = post("/organizations", "{\"name\": \"c\"}", "id");
        project = post("/projects", "{\"name\": \"p\", \"timezone\": \"UTC\"}", "id");
        app = post("/projects/" + project + "/sdk-apps", "{\"name\": \"n\", \"platform\": \"expo\"}", "appId");
        String web = "{\"name\": \"n\", \"platform\": \"web\", \"webDomain\": \"a.example\"}";
        site = post("/projects/" + project + "/sdk-apps", web, "appId");
        api.names.put("hooks.example", List.of("93.184.216.34"));
        endpoint = api.call("POST", "/webhook-endpoints", key, WEBHOOK)
                .body()
                .at("/endpoint/id")
                .asText();
    }

    String post(String path, String body, String id) throws Exception {
        return api.call("POST", path, key, body).body().path(id).asText();
    }

    void taken(String call, String template, String value) throws Exception {
        Reply reply = send(call, template.replace("$", value));
        assertThat(reply.status())
                .as(
                        "%s %s with %s: %s",
                        call, template, shown(value), shown(reply.raw().body()))
                .isBetween(200, 202);
    }

    /// 422 that names the field, or something in it, and nothing else.
    void refused(String call, String template, String value, String field) throws Exception {
        messages(call, template, value, field);
    }

    private List<String> messages(String call, String template, String value, String field) throws Exception {
        Reply reply = send(call, template.replace("$", value));
        String what = "%s %s with %s: %s"
                .formatted(call, template, shown(value), shown(reply.raw().body()));
        assertThat(reply.status()).as(what).isEqualTo(422);
        JsonNode issues = reply.body().at("/error/details/issues");
        assertThat(issues.findValuesAsText("path"))
                .as(what)
                .isNotEmpty()
                .doesNotHaveDuplicates()
                .allMatch(path -> path.equals(field) || path.startsWith(field + ".") || path.startsWith(field + "["));
        return issues.findValuesAsText("message");
    }

    Reply send(String call, String body) throws Exception {
        String[] words = call.split(" ");
        return api.call(words[0], filled(words[1]), key, filled(body));
    }

    private String filled(String text) {
        return text.replace("CHILD", child)
                .replace("PROJECT", project)
                .replace("APP", app)
                .replace("SITE", site)
                .replace("ENDPOINT", endpoint);
    }

    /// Values of other types than `type`, and null, which a `?` after the type allows. A refusal says what came.
    void otherTypes(String call, String template, String field, String type) throws Exception {
        boolean nullable = type.endsWith("?");
        List<String> wrong = new ArrayList<>(others(nullable ? type.substring(0, type.length() - 1) : type));
        if (nullable) {
            taken(call, template, "null");
        } else {
            wrong.add("null");
        }
        for (String value : wrong) {
            assertThat(messages(call, template, value, field))
                    .as("%s of %s with %s", call, field, value)
                    .allMatch(message -> message.contains(", got "));
        }
    }

    private static List<String> others(String type) {
        return switch (type) {
            case "string" -> List.of("7", "true", "{}", "[]", "[\"x\"]");
            case "bool" -> List.of("\"true\"", "1", "{}", "[]");
            case "int" -> List.of("\"1\"", "true", "1.5", "{}", "[]");
            case "object" -> List.of("\"x\"", "7", "true", "[]");
            case "object or bool" -> List.of("\"x\"", "7", "[]");
            case "strings" -> List.of("\"x\"", "7", "true", "{}", "[7]", "[null]", "[[\"x\"]]");
            case "objects" -> List.of("\"x\"", "7", "true", "{}", "[]");
            case "identifier" -> List.of("true", "{}", "[true]", "[{}]", "[[\"x\"]]");
            default -> throw new IllegalArgumentException(type);
        };
    }

    private static String shown(String text) {
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }

    /// A JSON string of `length` times `unit`.
    static String text(String unit, int length) {
        return "\"" + unit.repeat(length) + "\"";
    }

    /// A JSON array of `length` times `element`, in which `#` is the index.
    static String array(String element, int length) {
        StringBuilder array = new StringBuilder("[");
        for (int i = 0; i < length; i++) {
            array.append(i == 0 ? "" : ",").append(element.replace("#", Integer.toString(i)));
        }
        return array.append(']').toString();
    }

    /// A JSON object of `length` members `k0`, `k1` … with one value.
    static String members(String value, int length) {
        String array = array("\"k#\":" + value, length);
        return "{" + array.substring(1, array.length() - 1) + "}";
    }
}
