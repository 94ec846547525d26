package dev.varve.sandbox.sim;

/// A platform's own wording of failures that every platform has.
public interface PlatformVoice {
    /// `usageHeader` is ignored where the platform has none.
    Reply throttled(Incoming in, boolean usageHeader);

    Reply tokenExpired();

    Reply tokenRevoked();

    Reply permissionRevoked();

    /// Transient failure with the given HTTP status.
    Reply failing(int status);

    Reply unknownCode();

    /// The same answer with its texts in another language.
    Reply localised(Reply reply);
}
