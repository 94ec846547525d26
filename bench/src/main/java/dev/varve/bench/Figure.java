package dev.varve.bench;

/// One line of the printed table. `target` is empty for figures that only give context.
record Figure(String name, String measured, String target, boolean isMet) {
    static Figure context(String name, String measured) {
        return new Figure(name, measured, "", true);
    }

    String line() {
        return String.format(
                "| %-58s | %-46s | %-34s | %s",
                name, measured, target, target.isEmpty() ? "" : isMet ? "met" : "MISSED");
    }
}
