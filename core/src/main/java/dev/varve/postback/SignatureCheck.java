package dev.varve.postback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.tenant.Mode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Checks a postback's signature. Thread-safe.
final class SignatureCheck {
    /// Stands between the signed values of SKAdNetwork.
    private static final String SEPARATOR = "\u2063";

    private final AppleKeys keys;

    SignatureCheck(AppleKeys keys) {
        this.keys = keys;
    }

    /// `mode`: of the project the postback is for; production when it is not known.
    Verdict check(Postback postback, Mode mode) {
        return switch (postback.kind()) {
            case SKADNETWORK -> skan(postback.raw());
            case ATTRIBUTION_KIT -> attributionKit(postback, mode);
        };
    }

    private Verdict skan(RawFields raw) {
        String version = raw.or("version", "");
        Optional<List<String>> order = order(version, raw);
        if (order.isEmpty()) {
            return new Verdict.Rejected("unsupported");
        }
        List<String> values = new ArrayList<>();
        for (String field : order.get()) {
            String value = raw.text(field);
            if (value == null) {
                return new Verdict.Rejected("incomplete");
            }
            values.add(value);
        }
        byte[] signature = standardDecoded(raw.or("attribution-signature", ""));
        byte[] message = String.join(SEPARATOR, values).getBytes(StandardCharsets.UTF_8);
        return verdict(isSigned("SHA256withECDSA", keys.skan(), message, signature));
    }

    /// Which fields a version signs, in order; empty for versions whose key the JDK does not know, and for others.
    private static Optional<List<String>> order(String version, RawFields raw) {
        boolean isFour = version.equals("4.0");
        List<String> order = new ArrayList<>(List.of("version", "ad-network-id"));
        order.addAll(List.of(isFour ? "source-identifier" : "campaign-id", "app-id", "transaction-id", "redownload"));
        if (raw.text("source-app-id") != null) {
            order.add("source-app-id");
        } else if (isFour && raw.text("source-domain") != null) {
            order.add("source-domain");
        }
        List<String> last =
                switch (version) {
                    case "4.0" -> List.of("fidelity-type", "did-win", "postback-sequence-index");
                    case "3.0" -> List.of("fidelity-type", "did-win");
                    case "2.2" -> List.of("fidelity-type");
                    case "2.1" -> List.of();
                    default -> null;
                };
        if (last == null) {
            return Optional.empty();
        }
        order.addAll(last);
        return Optional.of(order);
    }

    private Verdict attributionKit(Postback postback, Mode mode) {
        String[] parts = postback.fields().path("jws-string").asText().split("\\.", -1);
        if (parts.length != 3) {
            return new Verdict.Rejected("signature");
        }
        Optional<ObjectNode> header = PostbackReader.object(PostbackReader.decoded(parts[0]));
        String algorithm = header.map(h -> h.path("alg").asText()).orElse("");
        String kid = header.map(h -> h.path("kid").asText()).orElse("");
        PublicKey key = key(kid, mode);
        if (!algorithm.equals("ES256") || key == null) {
            return new Verdict.Rejected(keys.development().containsKey(kid) ? "development_key" : "signature");
        }
        if (postback.raw().text("postback-identifier") == null) {
            return new Verdict.Rejected("incomplete");
        }
        byte[] message = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
        return verdict(isSigned("SHA256withECDSAinP1363Format", key, message, PostbackReader.decoded(parts[2])));
    }

    private @Nullable PublicKey key(String kid, Mode mode) {
        PublicKey production = keys.production().get(kid);
        return production != null || mode == Mode.LIVE
                ? production
                : keys.development().get(kid);
    }

    private static Verdict verdict(boolean isSigned) {
        return isSigned ? new Verdict.Genuine() : new Verdict.Rejected("signature");
    }

    private static byte[] standardDecoded(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static boolean isSigned(String algorithm, PublicKey key, byte[] message, byte[] signature) {
        try {
            Signature check = Signature.getInstance(algorithm);
            check.initVerify(key);
            check.update(message);
            return check.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // what is no signature at all is reported this way
        }
    }
}
