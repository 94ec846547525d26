package dev.varve.sandbox.tiktok;

/// Why TikTok refuses a request. `index` -1: no event is named. `field`: path inside the event or root, dotted.
record TikTokRefusal(int code, int index, String field, String complaint) {
    static TikTokRefusal root(String field, String complaint) {
        return new TikTokRefusal(40002, -1, field, complaint);
    }

    static TikTokRefusal item(int index, String field, String complaint) {
        return new TikTokRefusal(40002, index, field, complaint);
    }

    /// `style`: `Batch`, `brackets` or `none`.
    String message(String style) {
        if (index < 0) {
            return "Invalid value for " + field + ": " + complaint;
        }
        return switch (style) {
            case "Batch" -> "Batch." + index + "." + field + ": " + complaint;
            case "brackets" -> "data[" + index + "]." + field + ": " + complaint;
            default -> "Invalid value for " + field + ": " + complaint;
        };
    }
}
