package dev.varve.component;

/// A part of the running system that can say whether it is well. `/health` lists every component's answer.
public interface Component {
    /// Short lower-case name, the same in `/health`, metrics and logs.
    String name();

    /// Answers now, within a second, without throwing.
    CheckResult check();
}
