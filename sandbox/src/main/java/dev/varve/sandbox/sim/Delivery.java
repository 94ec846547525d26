package dev.varve.sandbox.sim;

import java.time.Duration;

/// How an answer goes over the wire.
public sealed interface Delivery {
    Delivery WHOLE = new Whole();

    record Whole() implements Delivery {}

    /// The whole answer starts late.
    record SlowHeaders(Duration delay) implements Delivery {}

    /// One byte at a time.
    record SlowBody(Duration perByte) implements Delivery {}

    /// No answer; the connection stays open until `limit` or until the server closes.
    record Hang(Duration limit) implements Delivery {}

    /// The connection is closed without an answer. What was not read of the body stays unread.
    record Dropped() implements Delivery {}

    /// Headers promise the whole body, half of it is sent.
    record Truncated() implements Delivery {}
}
