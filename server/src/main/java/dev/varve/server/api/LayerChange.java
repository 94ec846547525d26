package dev.varve.server.api;

import dev.varve.audit.AuditTrail;
import dev.varve.destination.ProbeResult;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Layers.TokenChange;
import dev.varve.tenant.PrefixedId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a call changed in a layer, for the audit trail: names of fields, never their values.
final class LayerChange {
    private final List<String> fields = new ArrayList<>();

    private LayerChange() {}

    /// Empty when nothing changed.
    static Optional<Audit.Deed> between(Layer before, Layer after, TokenChange token) {
        List<String> fields = new LayerChange().fields(before, after, token);
        return fields.isEmpty() ? Optional.empty() : Optional.of(changed(after, fields));
    }

    /// A layer that went on or off with an app.
    static Audit.Deed switched(Layer after) {
        return changed(after, List.of("enabled"));
    }

    private static Audit.Deed changed(Layer after, List<String> fields) {
        return new Audit.Deed(
                "capi.config_changed",
                after.projectId(),
                new AuditTrail.Subject(AuditTrail.Subject.LAYER, PrefixedId.LAYER.format(after.id())),
                Audit.fields(fields).put("platform", after.platform().layerName()));
    }

    /// What the platform said of the token; empty when it gave no verdict.
    static Optional<Audit.Deed> validated(Layer stored, ProbeResult result) {
        Optional<Boolean> valid =
                switch (result) {
                    case ProbeResult.Accepted accepted -> accepted.conclusive() ? Optional.of(true) : Optional.empty();
                    case ProbeResult.TokenRefused _, ProbeResult.PixelRefused _ -> Optional.of(false);
                    case ProbeResult.Unknown _ -> Optional.empty();
                };
        return valid.map(known -> new Audit.Deed(
                "capi.token_validated",
                stored.projectId(),
                new AuditTrail.Subject(AuditTrail.Subject.LAYER, PrefixedId.LAYER.format(stored.id())),
                Json.object().put("platform", stored.platform().layerName()).put("valid", known)));
    }

    private List<String> fields(Layer before, Layer after, TokenChange token) {
        compare("enabled", before.enabled(), after.enabled());
        compare("pixelId", before.pixelId(), after.pixelId());
        if (!(token instanceof TokenChange.Kept)) {
            fields.add("accessToken");
        }
        compare(
                "testEventCode",
                before.settings().testEventCode(),
                after.settings().testEventCode());
        compare("eventMap", before.settings().eventMap(), after.settings().eventMap());
        compare(
                "actionSource",
                before.settings().actionSource(),
                after.settings().actionSource());
        compare(
                "dataProcessingOptions",
                before.settings().dataProcessingOptions(),
                after.settings().dataProcessingOptions());
        compare(
                "defaultCountry",
                before.settings().defaultCountry(),
                after.settings().defaultCountry());
        return fields;
    }

    private void compare(String name, @Nullable Object before, @Nullable Object after) {
        if (!Objects.equals(before, after)) {
            fields.add(name);
        }
    }
}
