package dev.varve.postback;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Map;

/// The public keys with which Apple's devices sign, as Apple publishes them (developer.apple.com, "Verifying an
/// install-validation postback" and "Verifying a postback").
///
/// `skan`: SKAdNetwork 2.1 and later. `production` and `development`: AdAttributionKit, by `kid`; those for development
/// count for projects in test mode only.
public record AppleKeys(PublicKey skan, Map<String, PublicKey> production, Map<String, PublicKey> development) {
    private static final String MAIN =
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWdp8GPcGqmhgzEFj9Z2nSpQVddayaPe4FMzqM9wib1+a"
                    + "HaaIzoHoLN9zW4K8y4SPykE3YVK3sVqW6Af0lfx3gg==";
    private static final String DEVELOPMENT_0 =
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELeEDzpJEP+/qRSE5hJVC1p1J0ssUnQGMzBBbvnACBok8"
                    + "OVGGLgxL0myrKiy6lvRtSlLRsWit87i+vftD8AEqeQ==";
    private static final String DEVELOPMENT_1 =
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8YzdO7eM97s/IJ25kdW5CZ3A14USE5IJ5Ha/vhWaxI6U"
                    + "BI1ZxCEvjrKxVluVGe6qWwF1BDFq+QHqKfH5u+wxHQ==";

    public static final AppleKeys APPLE = new AppleKeys(
            key(MAIN),
            Map.of("apple-cas-identifier/0", key(MAIN)),
            Map.of(
                    "apple-development-identifier/0",
                    key(DEVELOPMENT_0),
                    "apple-development-identifier/1",
                    key(DEVELOPMENT_1)));

    public AppleKeys {
        production = Map.copyOf(production);
        development = Map.copyOf(development);
    }

    private static PublicKey key(String spki) {
        try {
            return KeyFactory.getInstance("EC")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(spki)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK reads P-256 keys", e);
        }
    }
}
