package dev.varve.connectors.tiktok;

import dev.varve.connectors.mapping.EventNames;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// TikTok's standard names, in both spellings, and the default maps.
final class TikTokEventNames {
    private static final Set<String> WEB = Set.of(
            "AddPaymentInfo",
            "AddToCart",
            "AddToWishlist",
            "ApplicationApproval",
            "CompleteRegistration",
            "Contact",
            "CustomizeProduct",
            "Download",
            "FindLocation",
            "InitiateCheckout",
            "Lead",
            "Purchase",
            "Schedule",
            "Search",
            "StartTrial",
            "SubmitApplication",
            "Subscribe",
            "ViewContent");
    private static final Set<String> APP = Set.of(
            "AchieveLevel",
            "AddPaymentInfo",
            "AddToCart",
            "AddToWishlist",
            "Checkout",
            "CompleteTutorial",
            "CreateGroup",
            "CreateRole",
            "GenerateLead",
            "InAppADClick",
            "InAppADImpr",
            "InstallApp",
            "JoinGroup",
            "LaunchAPP",
            "LoanApplication",
            "LoanApproval",
            "LoanDisbursal",
            "Login",
            "Purchase",
            "Rate",
            "Registration",
            "Search",
            "SpendCredits",
            "StartTrial",
            "Subscribe",
            "UnlockAchievement",
            "ViewContent");
    private static final Map<String, String> WEB_TO_APP =
            Map.of("CompleteRegistration", "Registration", "InitiateCheckout", "Checkout", "Lead", "GenerateLead");
    private static final Map<String, String> APP_TO_WEB = WEB_TO_APP.entrySet().stream()
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));
    private static final Map<String, String> RENAMED = Map.of("CompletePayment", "Purchase", "SubmitForm", "Lead");
    private static final String PAGE_VIEW = "PageView";

    /// Spelled as on the web; spelled anew for apps.
    private static final Map<String, String> BOTH = Map.ofEntries(
            Map.entry("purchase_success", "Purchase"),
            Map.entry("paywall_purchased", "Purchase"),
            Map.entry("subscription_start", "Purchase"),
            Map.entry("trial_start", "Purchase"),
            Map.entry("sign_up", "CompleteRegistration"),
            Map.entry("register", "CompleteRegistration"),
            Map.entry("add_to_cart", "AddToCart"),
            Map.entry("content_open", "ViewContent"),
            Map.entry("search", "Search"),
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
            Map.entry("Form Submitted", "Lead"));
    private static final Map<String, String> WEB_ONLY =
            Map.of("Callback Started", "Contact", "Download Link Clicked", "Download");
    private static final Map<String, String> APP_ONLY =
            Map.of("app_open", "LaunchAPP", "app_install", "InstallApp", "login", "Login");

    private static final EventNames FOR_OFFLINE = new EventNames(joined(BOTH, WEB_ONLY), TikTokEventNames::webStandard);
    private static final EventNames FOR_WEB = new EventNames(
            joined(FOR_OFFLINE.defaults(), Map.of("screen_view", PAGE_VIEW)),
            name -> name.equals(PAGE_VIEW) ? name : webStandard(name));
    private static final EventNames FOR_APP =
            new EventNames(joined(appSpelled(BOTH), APP_ONLY), TikTokEventNames::appStandard);

    private TikTokEventNames() {}

    /// For any source; the two renamed ones included.
    static boolean isStandard(String name) {
        return WEB.contains(name) || APP.contains(name) || RENAMED.containsKey(name);
    }

    /// Null: unmapped for this source.
    static @Nullable String resolve(String name, Map<String, Optional<String>> overrides, TikTokSource source) {
        return switch (source) {
            case WEB -> ownSpelling(name, FOR_WEB.resolve(name, overrides), overrides, APP_TO_WEB);
            case CRM -> unlessPageView(ownSpelling(name, FOR_OFFLINE.resolve(name, overrides), overrides, APP_TO_WEB));
            case APP -> unlessPageView(ownSpelling(name, FOR_APP.resolve(name, overrides), overrides, WEB_TO_APP));
            case OFFLINE ->
                standardOnly(ownSpelling(name, FOR_OFFLINE.resolve(name, overrides), overrides, APP_TO_WEB));
        };
    }

    /// False: unmapped whatever the event's source turns out to be, so that its document need not be read.
    static boolean isMappedSomewhere(String name, Map<String, Optional<String>> overrides) {
        return FOR_WEB.resolve(name, overrides) != null || FOR_APP.resolve(name, overrides) != null;
    }

    /// A name from the layer's map is brought into this source's spelling and out of TikTok's old vocabulary.
    private static @Nullable String ownSpelling(
            String name,
            @Nullable String resolved,
            Map<String, Optional<String>> overrides,
            Map<String, String> spelling) {
        if (resolved == null || overrides.isEmpty() || !overrides.containsKey(name)) {
            return resolved;
        }
        String current = RENAMED.getOrDefault(resolved, resolved);
        return spelling.getOrDefault(current, current);
    }

    /// A page view means something on the web only, even when the layer's map asks for one.
    private static @Nullable String unlessPageView(@Nullable String name) {
        return PAGE_VIEW.equals(name) ? null : name;
    }

    private static @Nullable String standardOnly(@Nullable String name) {
        return name != null && WEB.contains(name) ? name : null;
    }

    private static @Nullable String webStandard(String name) {
        String current = RENAMED.getOrDefault(name, name);
        String spelled = APP_TO_WEB.getOrDefault(current, current);
        return WEB.contains(spelled) ? spelled : null;
    }

    private static @Nullable String appStandard(String name) {
        String current = RENAMED.getOrDefault(name, name);
        String spelled = WEB_TO_APP.getOrDefault(current, current);
        return APP.contains(spelled) ? spelled : null;
    }

    private static Map<String, String> appSpelled(Map<String, String> names) {
        Map<String, String> spelled = new HashMap<>();
        names.forEach((name, web) -> spelled.put(name, WEB_TO_APP.getOrDefault(web, web)));
        return spelled;
    }

    private static Map<String, String> joined(Map<String, String> first, Map<String, String> second) {
        Map<String, String> all = new HashMap<>(first);
        all.putAll(second);
        return all;
    }
}
