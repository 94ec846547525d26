package dev.varve.identity;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.varve.event.Platform;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Normalises, hashes and writes the matching fields of one event.
final class MatchWriter {
    private static final int MAX_VALUES = 10;
    private static final int MAX_PLAIN_LENGTH = 1_000;
    private static final FieldKind[] PLAIN_KINDS = {
        FieldKind.TTCLID, FieldKind.TTP, FieldKind.SUBSCRIPTION_ID, FieldKind.LEAD_ID, FieldKind.FB_LOGIN_ID,
        FieldKind.ANON_ID, FieldKind.CTWA_CLID, FieldKind.PARTNER_ID, FieldKind.PARTNER_NAME, FieldKind.IDFV,
        FieldKind.LOCALE
    };

    private final JsonGenerator json;
    private final MatchInputs inputs;
    private final MatchSettings settings;
    private final Set<String> warnings = new LinkedHashSet<>(2);
    private boolean started;

    MatchWriter(JsonGenerator json, MatchInputs inputs, MatchSettings settings) {
        this.json = json;
        this.inputs = inputs;
        this.settings = settings;
    }

    /// Both platforms' forms of one value; the lists are equal for most fields.
    private record Forms(List<String> meta, List<String> tiktok) {
        static final Forms NONE = new Forms(List.of(), List.of());

        static Forms same(@Nullable String form) {
            return form == null ? NONE : same(List.of(form));
        }

        static Forms same(List<String> forms) {
            return new Forms(forms, forms);
        }
    }

    void write() throws IOException {
        String country = inputs.first(FieldKind.COUNTRY, Normalise::country);
        hashed(FieldKind.EMAIL, MatchFields.EMAIL, null, this::email);
        phone();
        hashed(FieldKind.FIRST_NAME, MatchFields.FIRST_NAME, MatchFields.TIKTOK_FIRST_NAME, MatchWriter::name);
        hashed(FieldKind.LAST_NAME, MatchFields.LAST_NAME, MatchFields.TIKTOK_LAST_NAME, MatchWriter::name);
        hashed(FieldKind.BIRTH_DATE, MatchFields.BIRTH_DATE, null, raw -> Forms.same(Normalise.birthDate(raw)));
        hashed(FieldKind.GENDER, MatchFields.GENDER, null, raw -> Forms.same(Normalise.gender(raw)));
        hashed(FieldKind.CITY, MatchFields.CITY, null, raw -> Forms.same(Normalise.city(raw)));
        hashed(FieldKind.STATE, MatchFields.STATE, null, raw -> Forms.same(Normalise.state(raw, country)));
        hashed(FieldKind.ZIP, MatchFields.ZIP, MatchFields.TIKTOK_ZIP, raw -> zip(raw, country));
        hashed(FieldKind.COUNTRY, MatchFields.COUNTRY, null, raw -> Forms.same(Normalise.country(raw)));
        externalIds();
        plain(MatchFields.COUNTRY_CODE, country);
        metaClickIds();
        for (FieldKind kind : PLAIN_KINDS) {
            if (inputs.has(kind)) {
                plain(Text.lower(kind.name()), inputs.first(kind, MatchWriter::unlessNothing));
            }
        }
        deviceIds();
        finish();
    }

    private void phone() throws IOException {
        if (!inputs.has(FieldKind.PHONE) && !inputs.has(FieldKind.PHONE_E164_HASH)) {
            return;
        }
        Hashes phones = hashesOf(FieldKind.PHONE, this::phone);
        Hashes e164 = hashesOf(FieldKind.PHONE_E164_HASH, raw -> Forms.NONE);
        list(MatchFields.PHONE, phones.meta);
        list(MatchFields.TIKTOK_PHONE, e164.tiktok.isEmpty() ? phones.tiktok : e164.tiktok);
    }

    private Forms email(String raw) {
        String email = EmailAddress.normalise(raw);
        if (email == null) {
            warnings.add("invalid_email");
        }
        return Forms.same(email);
    }

    private Forms phone(String raw) {
        String metaCountry = settings.defaultCountries().get(Platform.META);
        String tiktokCountry = settings.defaultCountries().get(Platform.TIKTOK);
        PhoneNumber meta = PhoneNumber.parse(raw, metaCountry);
        PhoneNumber tiktok = PhoneNumber.parse(raw, tiktokCountry);
        if (meta == null && tiktok == null) {
            warnings.add("invalid_phone");
        } else if ((meta == null || !meta.isInternational()) && (tiktok == null || !tiktok.isInternational())) {
            warnings.add("phone_without_country");
        }
        return new Forms(
                meta == null ? List.of() : List.of(meta.digits()), tiktok == null ? List.of() : List.of(tiktok.e164()));
    }

    private static Forms name(String raw) {
        List<String> forms = Normalise.name(raw);
        return forms.isEmpty() ? Forms.NONE : new Forms(forms, List.of(forms.getFirst()));
    }

    private static Forms zip(String raw, @Nullable String country) {
        String meta = Normalise.zip(raw, country);
        String tiktok = Normalise.wholeZip(raw);
        return new Forms(meta == null ? List.of() : List.of(meta), tiktok == null ? List.of() : List.of(tiktok));
    }

    /// All ids count, not only the first. An id that is made of 32 hex characters is no MD5 digest of anything.
    private void externalIds() throws IOException {
        Hashes all = hashesOf(FieldKind.EXTERNAL_ID, MatchWriter::id);
        FieldKind[] own = {FieldKind.USER_ID, FieldKind.INSTALL_ID, FieldKind.ANONYMOUS_ID};
        for (FieldKind kind : own) {
            for (List<String> values : inputs.candidates(kind)) {
                all.addId(Text.trim(values.getFirst()));
            }
        }
        both(MatchFields.EXTERNAL_ID, MatchFields.TIKTOK_EXTERNAL_ID, all);
    }

    private static Forms id(String raw) {
        String lower = Text.lower(raw);
        return new Forms(raw.equals(lower) ? List.of(raw) : List.of(raw, lower), List.of(raw));
    }

    private void metaClickIds() throws IOException {
        String fbclid = inputs.first(FieldKind.FBCLID, MatchWriter::unlessNothing);
        String landed = fromAddresses("fbclid");
        String fbc = inputs.first(FieldKind.FBC, raw -> ClickIds.isCookie(raw) ? raw : null);
        if (fbc != null && landed != null && !ClickIds.fbclidOf(fbc).equals(landed)) {
            fbc = null;
            fbclid = landed;
        }
        String clicked = fbclid == null ? landed : fbclid;
        if (fbc == null && clicked != null) {
            fbc = ClickIds.buildFbc(clicked, settings.occurredAt());
        }
        plain(MatchFields.FBC, fbc);
        plain(MatchFields.FBP, inputs.first(FieldKind.FBP, raw -> ClickIds.isCookie(raw) ? raw : null));
        plain(MatchFields.FBCLID, clicked);
        if (!inputs.has(FieldKind.TTCLID)) {
            plain(MatchFields.TTCLID, fromAddresses("ttclid"));
        }
    }

    private @Nullable String fromAddresses(String parameter) {
        String page = inputs.first(FieldKind.PAGE_URL, url -> ClickIds.parameter(url, parameter));
        return page != null ? page : inputs.first(FieldKind.REFERRER, url -> ClickIds.parameter(url, parameter));
    }

    private void deviceIds() throws IOException {
        String status = inputs.first(FieldKind.ATT_STATUS, raw -> unlessNothing(Text.lower(raw)));
        if ("authorized".equals(status)) {
            plain(MatchFields.IDFA, inputs.first(FieldKind.IDFA, Normalise::idfa));
        }
        plain(MatchFields.GAID, inputs.first(FieldKind.GAID, Normalise::gaid));
        plain(MatchFields.ATT_STATUS, status);
    }

    private static @Nullable String unlessNothing(String raw) {
        return isNothing(raw) ? null : raw;
    }

    private static boolean isNothing(String raw) {
        return raw.isEmpty() || raw.equals("null") || raw.equals("undefined");
    }

    private void hashed(FieldKind kind, String key, @Nullable String tiktokKey, Function<String, Forms> forms)
            throws IOException {
        if (!inputs.has(kind)) {
            return;
        }
        Hashes hashes = hashesOf(kind, forms);
        if (tiktokKey == null) {
            list(key, hashes.meta);
        } else {
            both(key, tiktokKey, hashes);
        }
    }

    private Hashes hashesOf(FieldKind kind, Function<String, Forms> forms) {
        Hashes hashes = new Hashes();
        for (List<String> values : inputs.candidates(kind)) {
            for (String value : values.subList(0, Math.min(MAX_VALUES, values.size()))) {
                hashes.add(Text.trim(value), forms);
            }
            if (!hashes.isEmpty()) {
                break;
            }
        }
        return hashes;
    }

    private final class Hashes {
        final Set<String> meta = new LinkedHashSet<>(2);
        final Set<String> tiktok = new LinkedHashSet<>(2);

        boolean isEmpty() {
            return meta.isEmpty() && tiktok.isEmpty();
        }

        void add(String value, Function<String, Forms> forms) {
            switch (ReadyMadeHash.of(value)) {
                case ReadyMadeHash.Usable(String hex, String forMeta) -> {
                    if (tiktok.add(hex)) {
                        meta.add(forMeta);
                    }
                }
                case ReadyMadeHash.Useless(String warning) -> warnings.add(warning);
                case ReadyMadeHash.Plain() -> {
                    if (!isNothing(value)) {
                        addForms(forms.apply(value));
                    }
                }
            }
        }

        void addId(String value) {
            switch (ReadyMadeHash.of(value)) {
                case ReadyMadeHash.Usable _ -> add(value, MatchWriter::id);
                case ReadyMadeHash.Useless _, ReadyMadeHash.Plain _ -> {
                    if (!isNothing(value)) {
                        addForms(id(value));
                    }
                }
            }
        }

        private void addForms(Forms forms) {
            for (String form : forms.meta()) {
                String hex = settings.sha256().hex(form);
                meta.add(hex);
                if (forms.tiktok().contains(form)) {
                    tiktok.add(hex);
                }
            }
            for (String form : forms.tiktok()) {
                if (!forms.meta().contains(form)) {
                    tiktok.add(settings.sha256().hex(form));
                }
            }
        }
    }

    private void both(String key, String tiktokKey, Hashes hashes) throws IOException {
        list(key, hashes.meta);
        if (!hashes.meta.equals(hashes.tiktok)) {
            list(tiktokKey, hashes.tiktok);
        }
    }

    private void list(String key, Set<String> hashes) throws IOException {
        if (hashes.isEmpty()) {
            return;
        }
        start();
        json.writeArrayFieldStart(key);
        for (String hash : hashes) {
            json.writeString(hash);
        }
        json.writeEndArray();
    }

    private void plain(String key, @Nullable String value) throws IOException {
        if (value != null && value.length() <= MAX_PLAIN_LENGTH && !isPersonal(value)) {
            start();
            json.writeStringField(key, value);
        }
    }

    /// Plain fields are stored as they are, and none of them ever holds an e-mail address or a phone number.
    private static boolean isPersonal(String value) {
        return value.indexOf('@') >= 0 || PhoneNumber.isOne(value);
    }

    private void start() throws IOException {
        if (!started) {
            json.writeObjectFieldStart("match");
            started = true;
        }
    }

    private void finish() throws IOException {
        list(MatchFields.WARNINGS, warnings);
        if (started) {
            json.writeEndObject();
        }
    }
}
