package dev.varve.bench;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/// Purchases as a shop's server sends them: raw personal data, a cart, page or device.
final class Purchases {
    private Purchases() {}

    static List<String> web(Instant at) {
        return IntStream.range(0, MappingLoad.EVENTS)
                .mapToObj(i -> purchase(i, at, "website", """
                        "context":{"ip":"203.0.113.%1$d","userAgent":"Mozilla/5.0 (X11; Linux x86_64; rv:%1$d.0) Firefox",\
                        "locale":"de-DE","page":{"url":"https://shop.example.com/thanks?order=%1$d&fbclid=IwAR0%1$d",\
                        "referrer":"https://www.example.com/"}}""".formatted(i)))
                .toList();
    }

    static List<String> app(Instant at) {
        return IntStream.range(0, MappingLoad.EVENTS)
                .mapToObj(i -> purchase(i, at, "app", """
                        "context":{"ip":"203.0.113.%1$d","userAgent":"Shop/4.%1$d CFNetwork/1490 Darwin/23.2",\
                        "locale":"de-DE","timezone":"Europe/Berlin",\
                        "app":{"name":"Shop","version":"4.%1$d","namespace":"com.example.shop"},\
                        "os":{"name":"iOS","version":"17.2"},\
                        "device":{"type":"ios","model":"iPhone15,2","advertisingId":"6D92078A-8246-4BA4-AE5B-76104861E7%1$02X",\
                        "adTrackingEnabled":true,"attTrackingStatus":"authorized"}}""".formatted(i)))
                .toList();
    }

    private static String purchase(int i, Instant at, String source, String context) {
        return """
                {"name":"purchase_success","eventId":"order-%1$d","occurredAt":"%2$s","userId":"buyer-%1$d",\
                "actionSource":"%3$s","user":{"email":"Buyer.%1$d@Example.com","phone":"+49 151 234567%1$03d",\
                "firstName":"Jo%1$d","lastName":"Öztürk-%1$d","city":"Köln","zip":"50667","country":"DE"},\
                "properties":{"revenue":7.5,"currency":"EUR","order_id":"%1$d","products":[\
                {"product_id":"sku-%1$d","price":2.5,"quantity":1},{"product_id":"sku-2","price":2.5,"quantity":2}]},%4$s}""".formatted(i, at, source, context);
    }
}
