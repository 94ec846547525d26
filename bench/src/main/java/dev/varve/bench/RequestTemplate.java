package dev.varve.bench;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// A ready-made ingest request whose event ids and times are overwritten in place, so that sending costs next to
/// nothing.
final class RequestTemplate {
    private static final String ID_PLACE = "@".repeat(16);
    private static final String PERSON_PLACE = "^".repeat(8);
    /// How many people the shoppers of a run are.
    private static final int PEOPLE = 50_000;
    private static final String TIME_PLACE = "~".repeat(24);
    private static final String APP_PLACE = "%".repeat(28);
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final byte[] bytes;
    private final int[] idPlaces;
    private final int[] timePlaces;
    /// As many for each event; none when the template has no people.
    private final int[] personPlaces;
    /// One when the app is open.
    private final int[] appPlaces;

    private RequestTemplate(String text) {
        this.bytes = text.getBytes(StandardCharsets.US_ASCII);
        this.idPlaces = places(text, ID_PLACE);
        this.timePlaces = places(text, TIME_PLACE);
        this.personPlaces = places(text, PERSON_PLACE);
        this.appPlaces = places(text, APP_PLACE);
    }

    /// A request with this many purchases. `run` keeps the ids of different runs apart.
    static RequestTemplate purchases(String appId, String run, int events) {
        StringBuilder body = new StringBuilder("{\"events\":[");
        for (int i = 0; i < events; i++) {
            body.append(i == 0 ? "" : ",").append(purchase(run));
        }
        return request(appId, body.append("]}"));
    }

    /// A request with this many purchases of many people; every tenth comes from an advertisement.
    static RequestTemplate shoppers(String appId, String run, int events) {
        StringBuilder body = new StringBuilder("{\"events\":[");
        for (int i = 0; i < events; i++) {
            String click = i % 10 == 0 ? "?fbclid=IwAR0" + PERSON_PLACE : "?from=" + PERSON_PLACE;
            body.append(i == 0 ? "" : ",")
                    .append(purchase(run)
                            .replace("buyer-" + "7".repeat(16), "buyer-" + PERSON_PLACE)
                            .replace("inst-7f2c", "inst-" + PERSON_PLACE)
                            .replace("/thanks", "/thanks" + click));
        }
        return request(appId, body.append("]}"));
    }

    /// A request to an app that [#address] names: a purchase, and events that no platform takes.
    static RequestTemplate visits(String run, int events) {
        StringBuilder body = new StringBuilder("{\"events\":[");
        for (int i = 0; i < events; i++) {
            String event = purchase(run).replace("buyer-" + "7".repeat(16), "buyer-" + PERSON_PLACE);
            body.append(i == 0 ? "" : ",").append(i == 0 ? event : event.replace("purchase_success", Names.FREQUENT));
        }
        return request(APP_PLACE, body.append("]}"));
    }

    private static RequestTemplate request(String appId, CharSequence body) {
        return new RequestTemplate(
                "POST /l/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-App-Id: "
                        + appId + "\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) bench\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n" + body);
    }

    int eventsPerRequest() {
        return idPlaces.length;
    }

    byte[] copy() {
        return bytes.clone();
    }

    /// Gives the events of a copied request the ids that follow `counter`, and this time.
    void stamp(byte[] request, long counter, byte[] time) {
        for (int i = 0; i < idPlaces.length; i++) {
            writeHex(request, idPlaces[i], 16, counter + i);
        }
        int perEvent = personPlaces.length / idPlaces.length;
        for (int i = 0; i < personPlaces.length; i++) {
            long person = Math.floorMod((counter + i / perEvent) * 0x9E3779B97F4A7C15L >>> 20, PEOPLE);
            writeHex(request, personPlaces[i], 8, person);
        }
        for (int place : timePlaces) {
            System.arraycopy(time, 0, request, place, time.length);
        }
    }

    /// Sends a copied request to this app.
    void address(byte[] request, String appId) {
        for (int place : appPlaces) {
            System.arraycopy(appId.getBytes(StandardCharsets.US_ASCII), 0, request, place, APP_PLACE.length());
        }
    }

    private static void writeHex(byte[] request, int place, int digits, long value) {
        for (int digit = digits - 1; digit >= 0; digit--) {
            request[place + digit] = HEX[(int) (value & 15)];
            value >>>= 4;
        }
    }

    /// The present moment as 24 bytes.
    static byte[] now() {
        String text = Instant.now().truncatedTo(ChronoUnit.MILLIS).plusNanos(1).toString();
        return (text.substring(0, 23) + "Z").getBytes(StandardCharsets.US_ASCII);
    }

    private static String purchase(String run) {
        return "{\"event\":\"purchase_success\",\"event_id\":\"" + run + "-" + ID_PLACE + "\",\"timestamp\":\""
                + TIME_PLACE
                + "\",\"environment\":\"production\",\"platform\":\"web\",\"os_version\":\"15\",\"app_version\":\"1.4.0\","
                + "\"device_model\":\"PC\",\"locale\":\"de-DE\",\"app_user_id\":\"buyer-" + ID_PLACE.replace('@', '7')
                + "\",\"install_id\":\"inst-7f2c\",\"session_id\":\"sess-91\",\"properties\":{\"revenue\":7.5,"
                + "\"currency\":\"EUR\",\"product_id\":\"sku-1\",\"$page_url\":\"https://shop.example.com/thanks\"}}";
    }

    private static int[] places(String text, String place) {
        List<Integer> found = new ArrayList<>();
        for (int at = text.indexOf(place); at >= 0; at = text.indexOf(place, at + place.length())) {
            found.add(at);
        }
        return found.stream().mapToInt(Integer::intValue).toArray();
    }
}
