package dev.varve.sandbox.meta;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.sandbox.sim.AcceptedEvent;
import dev.varve.sandbox.sim.HourlyCounts;
import dev.varve.sandbox.sim.HourlyCounts.Count;
import dev.varve.sandbox.sim.Incoming;
import dev.varve.sandbox.sim.Json;
import dev.varve.sandbox.sim.MagicToken;
import dev.varve.sandbox.sim.Reply;
import dev.varve.sandbox.sim.SimPlatform;
import dev.varve.sandbox.sim.Simulation;
import dev.varve.sandbox.sim.Switch;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;

/// Meta's read-only routes.
final class MetaReads {
    private static final SimPlatform META = SimPlatform.META;
    private static final Duration STATS_REACH = Duration.ofDays(7);
    private static final int BUCKETS_PER_PAGE = 2;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxx").withZone(ZoneOffset.UTC);

    private final Simulation simulation;
    private final MetaVoice voice;
    private final String url;

    MetaReads(Simulation simulation, MetaVoice voice, String url) {
        this.simulation = simulation;
        this.voice = voice;
        this.url = url;
    }

    Reply object(String id, String token) {
        if (simulation.token(token) == MagicToken.SEND_ONLY) {
            return voice.noObject();
        }
        ObjectNode json = Json.object();
        json.put("id", id);
        json.put("name", "Sandbox dataset " + id);
        json.put("is_unavailable", false);
        lastEvent(id, "").ifPresent(event -> json.put("last_fired_time", TIME.format(event.receivedAt())));
        json.put("is_consolidated_container", simulation.switches().isOn(Switch.META_CONSOLIDATED));
        json.put("data_use_setting", "ADVERTISING_AND_ANALYTICS");
        json.putObject("owner_business").put("id", "900000000000001").put("name", "Sandbox business");
        return voice.withUsage(Reply.json(200, json), id);
    }

    Reply lastFired(Incoming in, String id, String token) {
        if (simulation.token(token) == MagicToken.SEND_ONLY) {
            return voice.noObject();
        }
        ObjectNode json = Json.object();
        lastEvent(id, in.query("event").orElse(""))
                .ifPresent(event -> json.put("event_last_fired_time", TIME.format(event.receivedAt())));
        return Reply.json(200, json);
    }

    private Optional<AcceptedEvent> lastEvent(String id, String name) {
        return simulation
                .store()
                .events()
                .newest(
                        1,
                        event -> event.platform() == META
                                && event.pixelId().equals(id)
                                && (name.isEmpty() || event.eventName().equals(name)))
                .stream()
                .findFirst();
    }

    Reply stats(Incoming in, MetaPaths path, String token) {
        if (simulation.token(token) == MagicToken.SEND_ONLY) {
            return voice.noObject();
        }
        Instant now = simulation.clock().instant();
        Instant start;
        Instant end;
        try {
            start = in.query("start_time").map(MetaReads::time).orElse(now.minus(Duration.ofDays(1)));
            end = in.query("end_time").map(MetaReads::time).orElse(now);
        } catch (DateTimeException | NumberFormatException unreadable) {
            return voice.error(400, 100, null, "(#100) Invalid parameter: start_time or end_time");
        }
        if (start.isBefore(now.minus(STATS_REACH))) {
            return voice.error(400, 100, null, "(#100) start_time must be within the last 7 days");
        }
        String aggregation = in.query("aggregation").orElse("event");
        if (!aggregation.equals("event")) {
            return voice.error(400, 100, null, "(#100) The sandbox aggregates by event only");
        }
        Instant visible = now.minusSeconds(simulation.switches().number(Switch.META_STATS_LAG_SECONDS));
        Instant until = end.isBefore(visible) ? end : visible.plusMillis(1);
        var hours = simulation.store().hourly().between(META, path.object(), HourlyCounts.hourOf(start), until);
        return page(in, path, token, hours);
    }

    private static Instant time(String text) {
        if (text.matches("[0-9]{1,12}")) {
            return Instant.ofEpochSecond(Long.parseLong(text));
        }
        String iso = text.replace(' ', '+').replaceFirst("([+-][0-9]{2})([0-9]{2})$", "$1:$2");
        return iso.length() == 10
                ? Instant.parse(iso + "T00:00:00Z")
                : OffsetDateTime.parse(iso).toInstant();
    }

    private Reply page(Incoming in, MetaPaths path, String token, NavigableMap<Instant, Map<String, Count>> hours) {
        String source = in.query("event_source").orElse("");
        List<ObjectNode> buckets = new ArrayList<>();
        hours.forEach((hour, counts) -> {
            ObjectNode bucket = bucket(hour, counts, source);
            if (!bucket.path("data").isEmpty()) {
                buckets.add(bucket);
            }
        });
        int from = in.query("after").map(MetaReads::position).orElse(0);
        int until = Math.min(buckets.size(), from + BUCKETS_PER_PAGE);
        ObjectNode json = Json.object();
        ArrayNode data = json.putArray("data");
        for (int index = Math.min(from, until); index < until; index++) {
            data.add(buckets.get(index));
        }
        ObjectNode paging = json.putObject("paging");
        paging.putObject("cursors").put("before", cursor(from)).put("after", cursor(until));
        if (until < buckets.size()) {
            paging.put("next", nextPage(in, path, token, until));
        }
        return voice.withUsage(Reply.json(200, json), path.object());
    }

    private static ObjectNode bucket(Instant hour, Map<String, Count> counts, String source) {
        ObjectNode bucket = Json.object();
        bucket.put("start_time", TIME.format(hour));
        bucket.put("aggregation", "event");
        ArrayNode data = bucket.putArray("data");
        counts.forEach((name, count) -> {
            int shown =
                    switch (source) {
                        case "SERVER_ONLY" -> count.server();
                        case "WEB_ONLY" -> count.browser();
                        default -> count.server() + count.browser();
                    };
            if (shown > 0 && data.size() < 100) {
                data.addObject().put("value", name).put("count", shown);
            }
        });
        return bucket;
    }

    /// Holds the token, as Meta's does: a reader that logs it leaks.
    private String nextPage(Incoming in, MetaPaths path, String token, int position) {
        StringBuilder next = new StringBuilder(url + in.path() + "?access_token=" + encoded(token));
        for (String name : List.of("aggregation", "event_source", "start_time", "end_time")) {
            in.query(name)
                    .ifPresent(
                            value -> next.append('&').append(name).append('=').append(encoded(value)));
        }
        return next.append("&after=").append(encoded(cursor(position))).toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String cursor(int position) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(("bucket:" + position).getBytes(StandardCharsets.US_ASCII));
    }

    private static int position(String cursor) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
            return Math.max(0, Integer.parseInt(text.substring("bucket:".length())));
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException foreign) {
            return 0;
        }
    }

    /// App credentials are `{digits}|{secret}`; a secret that starts with `wrong` is wrong.
    Reply debugToken(Incoming in) {
        String credentials = in.query("access_token").orElse("");
        if (!credentials.matches("[0-9]+\\|(?!wrong).+")) {
            return voice.error(401, 190, null, "Invalid OAuth access token signature.");
        }
        String input = in.query("input_token").orElse("");
        MagicToken kind = simulation.token(input);
        boolean valid = kind != MagicToken.UNKNOWN && kind != MagicToken.EXPIRED && kind != MagicToken.REVOKED;
        ObjectNode json = Json.object();
        ObjectNode data = json.putObject("data");
        data.put("app_id", credentials.substring(0, credentials.indexOf('|')));
        data.put("type", "SYSTEM_USER");
        data.put("is_valid", valid);
        long expired = simulation.clock().instant().minus(Duration.ofHours(1)).getEpochSecond();
        data.put("expires_at", kind == MagicToken.EXPIRED ? expired : 0);
        data.put("data_access_expires_at", 0);
        ArrayNode scopes = data.putArray("scopes");
        data.putArray("granular_scopes");
        data.put("user_id", "900000000000002");
        if (valid && kind != MagicToken.NO_PERMISSION) {
            scopes.add("ads_management");
            if (kind != MagicToken.SEND_ONLY) {
                scopes.add("ads_read").add("business_management");
            }
        }
        if (!valid) {
            data.putObject("error").put("code", 190).put("message", "The access token is not valid.");
        }
        return Reply.json(200, json);
    }
}
