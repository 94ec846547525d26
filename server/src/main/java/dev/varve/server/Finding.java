package dev.varve.server;

/// One line of what `./varve doctor` found; `fix` says what to do when it did not pass.
record Finding(String what, boolean passed, String detail, String fix) {}
