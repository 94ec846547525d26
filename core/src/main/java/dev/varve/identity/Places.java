package dev.varve.identity;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Codes of countries and of US and Canadian states by their English names, written in lower-case letters only.
final class Places {
    private static final Map<String, String> COUNTRIES = countries();
    private static final Map<String, String> STATES = pairs("""
            alabama al alaska ak arizona az arkansas ar california ca colorado co connecticut ct delaware de
            districtofcolumbia dc washingtondc dc florida fl georgia ga hawaii hi idaho id illinois il indiana in iowa ia
            kansas ks kentucky ky louisiana la maine me maryland md massachusetts ma michigan mi minnesota mn mississippi ms
            missouri mo montana mt nebraska ne nevada nv newhampshire nh newjersey nj newmexico nm newyork ny
            northcarolina nc northdakota nd ohio oh oklahoma ok oregon or pennsylvania pa rhodeisland ri southcarolina sc
            southdakota sd tennessee tn texas tx utah ut vermont vt virginia va washington wa westvirginia wv wisconsin wi
            wyoming wy puertorico pr alberta ab britishcolumbia bc manitoba mb newbrunswick nb newfoundlandandlabrador nl
            newfoundland nl novascotia ns northwestterritories nt nunavut nu ontario on princeedwardisland pe quebec qc
            québec qc saskatchewan sk yukon yt
            """);

    private Places() {}

    /// The code of a US or Canadian state, or what was given.
    static String stateCode(String letters) {
        return STATES.getOrDefault(letters, letters);
    }

    static @Nullable String countryCode(String letters) {
        return COUNTRIES.get(letters);
    }

    private static Map<String, String> countries() {
        Map<String, String> codes = new HashMap<>();
        for (String code : Locale.getISOCountries()) {
            String lower = Text.lower(code);
            String name = Locale.of("", code).getDisplayCountry(Locale.ENGLISH);
            codes.put(Text.letters(Text.fold(name)), lower);
            codes.put(lower, lower);
        }
        codes.putAll(pairs("""
                usa us unitedstatesofamerica us america us uk gb greatbritain gb britain gb england gb scotland gb wales gb
                southkorea kr republicofkorea kr korea kr northkorea kp iran ir venezuela ve taiwan tw russia ru
                russianfederation ru vietnam vn laos la syria sy bolivia bo tanzania tz moldova md macedonia mk
                northmacedonia mk czechrepublic cz czechia cz turkey tr türkiye tr turkiye tr ivorycoast ci capeverde cv
                swaziland sz eswatini sz burma mm myanmar mm hongkong hk macau mo macao mo vatican va vaticancity va
                palestine ps micronesia fm brunei bn easttimor tl holland nl thenetherlands nl uae ae
                unitedarabemirates ae bosnia ba bosniaandherzegovina ba trinidad tt drcongo cd
                democraticrepublicofthecongo cd congo cg republicofthecongo cg thegambia gm thebahamas bs
                """));
        return Map.copyOf(codes);
    }

    private static Map<String, String> pairs(String text) {
        String[] words = text.strip().split("\\s+", -1);
        Map<String, String> pairs = new HashMap<>();
        for (int i = 0; i < words.length; i += 2) {
            pairs.put(words[i], words[i + 1]);
        }
        return pairs;
    }
}
