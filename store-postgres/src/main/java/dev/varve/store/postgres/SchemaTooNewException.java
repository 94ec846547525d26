package dev.varve.store.postgres;

/// The database was last used by a newer Varve, whose schema this program does not know. The message says so in one
/// sentence for the operator.
public final class SchemaTooNewException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SchemaTooNewException(String found, String known) {
        super("The database has schema version " + found + ", this program knows versions up to " + known
                + "; start a Varve that is at least as new as the one that last used it.");
    }
}
