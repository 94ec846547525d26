package dev.varve.connectors.meta;

import dev.varve.connectors.mapping.EventNames;
import java.util.Map;
import java.util.Set;

/// Meta's standard names and the default map.
final class MetaEventNames {
    private static final Set<String> STANDARD = Set.of(
            "AddPaymentInfo",
            "AddToCart",
            "AddToWishlist",
            "CompleteRegistration",
            "Contact",
            "CustomizeProduct",
            "Donate",
            "FindLocation",
            "InitiateCheckout",
            "Lead",
            "PageView",
            "Purchase",
            "Schedule",
            "Search",
            "StartTrial",
            "SubmitApplication",
            "Subscribe",
            "ViewContent",
            "AppendValue",
            "LeadSubmitted",
            "QualifiedLead",
            "ActivateApp",
            "AchievementUnlocked",
            "LevelAchieved",
            "Rate",
            "SpentCredits",
            "TutorialCompletion",
            "MobileAppInstall");

    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("purchase_success", "Purchase"),
            Map.entry("paywall_purchased", "Purchase"),
            Map.entry("subscription_start", "Subscribe"),
            Map.entry("subscription_renew", "Subscribe"),
            Map.entry("trial_start", "StartTrial"),
            Map.entry("trial_convert", "Subscribe"),
            Map.entry("sign_up", "CompleteRegistration"),
            Map.entry("register", "CompleteRegistration"),
            Map.entry("add_to_cart", "AddToCart"),
            Map.entry("content_open", "ViewContent"),
            Map.entry("search", "Search"),
            Map.entry("purchase_attempt", "InitiateCheckout"),
            Map.entry("bookmark_add", "AddToWishlist"),
            Map.entry("app_open", "ActivateApp"),
            Map.entry("app_install", "MobileAppInstall"),
            Map.entry("initiate_checkout", "InitiateCheckout"),
            Map.entry("begin_checkout", "InitiateCheckout"),
            Map.entry("view_item", "ViewContent"),
            Map.entry("view_content", "ViewContent"),
            Map.entry("add_to_wishlist", "AddToWishlist"),
            Map.entry("start_trial", "StartTrial"),
            Map.entry("subscribe", "Subscribe"),
            Map.entry("Order Completed", "Purchase"),
            Map.entry("Product Added", "AddToCart"),
            Map.entry("Product Viewed", "ViewContent"),
            Map.entry("Product List Viewed", "ViewContent"),
            Map.entry("Products Searched", "Search"),
            Map.entry("Signed Up", "CompleteRegistration"),
            Map.entry("Product Added to Wishlist", "AddToWishlist"),
            Map.entry("Checkout Started", "InitiateCheckout"),
            Map.entry("Payment Info Entered", "AddPaymentInfo"),
            Map.entry("Form Submitted", "Lead"),
            Map.entry("Callback Started", "Contact"));

    /// These mean something only about an app; elsewhere they are unmapped unless the layer maps to them.
    private static final Set<String> APP_ONLY = Set.of("ActivateApp", "MobileAppInstall");

    static final EventNames NAMES = new EventNames(DEFAULTS, name -> STANDARD.contains(name) ? name : null);

    private MetaEventNames() {}

    static boolean isStandard(String name) {
        return STANDARD.contains(name);
    }

    static boolean isAppOnly(String metaName) {
        return APP_ONLY.contains(metaName);
    }
}
