package dev.varve.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The event names of the stored data: sixty, some often and most seldom, three of which both platforms know; one that
/// is rare everywhere, and one that is rare in all apps but the second of each project.
final class Names {
    static final String FREQUENT = "action_01";
    static final String RARE = "refund_issued";
    static final String OF_SIBLING = "wishlist_share";
    static final String ABSENT = "never_happened";
    static final String PURCHASE = "purchase_success";
    /// So many events carry each of the rare names, however many events there are in all.
    static final int RARE_EVENTS = 300;
    /// Of a thousand events of a second app.
    private static final int SIBLING_SHARE = 100;

    private static final int COUNT = 60;

    private Names() {}

    static String name(int rank) {
        return switch (rank) {
            case 3 -> "content_open";
            case 5 -> "search";
            case 7 -> PURCHASE;
            default -> String.format(Locale.ROOT, "action_%02d", rank + 1);
        };
    }

    /// Ten of them, some often, some seldom.
    static List<String> ten() {
        List<String> ten = new ArrayList<>(List.of(RARE, ABSENT));
        for (int rank = 2; ten.size() < 10; rank += 6) {
            ten.add(name(rank));
        }
        return ten;
    }

    /// A thousand places that the names share, as an app has them; `isSecond`: the second of its project.
    static List<String> places(int app) {
        Skew skew = new Skew(COUNT, Skew.NAMES);
        List<String> places = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            boolean isSibling = app == 1 && i < SIBLING_SHARE;
            places.add(isSibling ? OF_SIBLING : name(skew.pick((i + 0.5) / 1000)));
        }
        return places;
    }

    /// What is stored with an event of this name, about as large as a shop's.
    static byte[] document(String name) {
        return ("""
                {"properties":{"revenue":7.5,"currency":"EUR","product_id":"sku-%1$s","screen":"%1$s",\
                "campaign":"autumn","position":3,"$page_url":"https://shop.example.com/%1$s?from=start"},\
                "context":{"osVersion":"18.1","appVersion":"3.4.0","deviceModel":"iPhone16,2","locale":"de-DE"},\
                "match":{"em":["08168cd80dfd534ab0f10af10f1303fe00af2d43ab5c1432360d137f8197e17a"],\
                "external_id":["5f969dc16f425ebb638c24482f13e501bbe1a5f69cbe5fa0cf5b21971c0070da",\
                "0d7fa591156c161dfcee1d784bd7f3f6d0a1c08780e07abbb6f3eb5e870f56bc"],"locale":"de-DE"}}""").formatted(name).getBytes(StandardCharsets.UTF_8);
    }
}
