package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.api.ApiFixture.Reply;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import java.util.List;

/// One object of each kind to try bodies on. A call is a method and a path in which CHILD, PROJECT and APP stand for
/// ids; a template is a body in which `$` stands for the value tried.
final class LimitRig {
    private final ApiFixture api;
    private final String key;
    final String child;
    final String project;
    final String app;

    LimitRig(ApiFixture api) throws Exception {
        this.api = api;
        Organization organization = api.organization();
        key = api.key(organization, Mode.LIVE, "*", "org:admin");
        child = post("/organizations", "{\"name\": \"c\"}", "id");
        project = post("/projects", "{\"name\": \"p\", \"timezone\": \"UTC\"}", "id");
        app = post("/projects/" + project + "/sdk-apps", "{\"name\": \"n\", \"platform\": \"expo\"}", "appId");
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
        Reply reply = send(call, template.replace("$", value));
        String what = "%s %s with %s: %s"
                .formatted(call, template, shown(value), shown(reply.raw().body()));
        assertThat(reply.status()).as(what).isEqualTo(422);
        List<String> paths = reply.body().at("/error/details/issues").findValuesAsText("path");
        assertThat(paths)
                .as(what)
                .isNotEmpty()
                .allMatch(path -> path.equals(field) || path.startsWith(field + ".") || path.startsWith(field + "["));
    }

    Reply send(String call, String body) throws Exception {
        String[] words = call.split(" ");
        String path =
                words[1].replace("CHILD", child).replace("PROJECT", project).replace("APP", app);
        return api.call(words[0], path, key, body.replace("PROJECT", project).replace("APP", app));
    }

    /// Values of other types than `type`; a `?` after it allows null, with a `-` null is not tried.
    void otherTypes(String call, String template, String field, String type) throws Exception {
        boolean nullable = type.endsWith("?");
        boolean untried = type.endsWith("-");
        for (String wrong : others(nullable || untried ? type.substring(0, type.length() - 1) : type)) {
            refused(call, template, wrong, field);
        }
        if (nullable) {
            taken(call, template, "null");
        } else if (!untried) {
            refused(call, template, "null", field);
        }
    }

    private static List<String> others(String type) {
        return switch (type) {
            case "string" -> List.of("7", "true", "{}", "[]", "[\"x\"]");
            case "bool" -> List.of("\"true\"", "1", "{}", "[]");
            case "int" -> List.of("\"1\"", "true", "1.5", "{}", "[]");
            case "object" -> List.of("\"x\"", "7", "true", "[]");
            case "strings" -> List.of("\"x\"", "7", "true", "{}", "[7]", "[null]", "[[\"x\"]]");
            case "objects" -> List.of("\"x\"", "7", "true", "{}", "[]");
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
