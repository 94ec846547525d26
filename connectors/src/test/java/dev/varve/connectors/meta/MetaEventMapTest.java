package dev.varve.connectors.meta;

import static dev.varve.connectors.Samples.MATCH;
import static dev.varve.connectors.Samples.NOW;
import static dev.varve.connectors.Samples.app;
import static dev.varve.connectors.Samples.candidate;
import static dev.varve.connectors.Samples.destination;
import static dev.varve.connectors.Samples.document;
import static dev.varve.connectors.Samples.event;
import static dev.varve.connectors.Samples.mapping;
import static dev.varve.connectors.Samples.payload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.Destination.Mapping;
import dev.varve.destination.Preparation;
import dev.varve.destination.Preparation.Skipped;
import dev.varve.destination.SkipReason;
import dev.varve.event.Platform;
import dev.varve.tenant.SdkPlatform;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetaEventMapTest {
    private static final String PURCHASE = document("{'value':1,'currency':'EUR'}", "{'osVersion':'18.1'}", MATCH);

    @ParameterizedTest
    @CsvSource({
        "purchase_success,Purchase",
        "paywall_purchased,Purchase",
        "subscription_start,Subscribe",
        "subscription_renew,Subscribe",
        "trial_start,StartTrial",
        "trial_convert,Subscribe",
        "sign_up,CompleteRegistration",
        "register,CompleteRegistration",
        "add_to_cart,AddToCart",
        "content_open,ViewContent",
        "search,Search",
        "purchase_attempt,InitiateCheckout",
        "bookmark_add,AddToWishlist",
        "initiate_checkout,InitiateCheckout",
        "begin_checkout,InitiateCheckout",
        "view_item,ViewContent",
        "view_content,ViewContent",
        "add_to_wishlist,AddToWishlist",
        "start_trial,StartTrial",
        "subscribe,Subscribe",
        "app_open,ActivateApp",
        "app_install,MobileAppInstall",
        "Order Completed,Purchase",
        "Product Added,AddToCart",
        "Payment Info Entered,AddPaymentInfo",
        "Donate,Donate",
        "Purchase,Purchase"
    })
    void everyRowOfTheDefaultMapGetsItsMetaName(String name, String metaName) {
        assertThat(payload(prepare(name, "ios", Mapping.DEFAULT))
                        .path("event_name")
                        .asText())
                .isEqualTo(metaName);
    }

    @ParameterizedTest
    @ValueSource(strings = {"screen_view", "login", "purchase", "CompletePayment", "SubmitForm", "anything"})
    void anythingElseIsUnmapped(String name) {
        assertThat(prepare(name, "ios", Mapping.DEFAULT)).isEqualTo(new Skipped(SkipReason.UNMAPPED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"app_open", "app_install", "ActivateApp"})
    void eventsAboutAnAppAreUnmappedOnTheWeb(String name) {
        assertThat(prepare(name, "web", Mapping.DEFAULT)).isEqualTo(new Skipped(SkipReason.UNMAPPED));
    }

    @Test
    void theLayersMapWinsOverTheDefaultMapAndCanUnmap() {
        Mapping own = mapping(Map.of("search", Optional.empty(), "level_complete", Optional.of(" LevelAchieved ")));

        assertThat(prepare("search", "ios", own)).isEqualTo(new Skipped(SkipReason.UNMAPPED));
        assertThat(payload(prepare("level_complete", "ios", own))
                        .path("event_name")
                        .asText())
                .isEqualTo("LevelAchieved");
    }

    private static Preparation prepare(String name, String platform, Mapping mapping) {
        return new MetaMapping()
                .prepare(
                        candidate(event(name, platform, PURCHASE), app(SdkPlatform.IOS)),
                        destination(Platform.META, "900100200300400", mapping),
                        NOW);
    }
}
