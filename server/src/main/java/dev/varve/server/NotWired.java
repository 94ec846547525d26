package dev.varve.server;

import dev.varve.audit.AuditTrail;
import dev.varve.delivery.DeadLetters;
import dev.varve.delivery.Jobs;
import dev.varve.health.Accounting;
import dev.varve.identity.Profiles;
import java.lang.reflect.Proxy;

/// Stands where a port has no stored form yet: every use fails and says so. Goes with the last of them.
final class NotWired {
    static final Profiles PROFILES = port(Profiles.class);
    static final Accounting ACCOUNTING = port(Accounting.class);
    static final DeadLetters DEAD_LETTERS = port(DeadLetters.class);
    static final Jobs JOBS = port(Jobs.class);
    static final AuditTrail AUDIT = port(AuditTrail.class);

    private NotWired() {}

    private static <T> T port(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, _) -> {
            throw new UnsupportedOperationException(
                    type.getSimpleName() + "." + method.getName() + " has no stored form yet");
        }));
    }
}
