package dev.varve.tenant;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/// The wire form of ids, `<prefix>_<uuid>`; a bare UUID is accepted as well.
public enum PrefixedId {
    ORGANIZATION("org_"),
    API_KEY("key_"),
    PROJECT("prj_"),
    LAYER("lyr_");

    private static final Pattern UUID_FORM =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private final String prefix;

    PrefixedId(String prefix) {
        this.prefix = prefix;
    }

    public String format(UUID id) {
        return prefix + id;
    }

    /// Empty unless `text` is exactly one of the two forms.
    public Optional<UUID> parse(String text) {
        String bare = text.startsWith(prefix) ? text.substring(prefix.length()) : text;
        return UUID_FORM.matcher(bare).matches() ? Optional.of(UUID.fromString(bare)) : Optional.empty();
    }
}
