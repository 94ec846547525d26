package dev.varve.server.webhook;

import java.net.InetAddress;
import java.util.List;

/// Looks names up. Literals are answered as themselves.
@FunctionalInterface
public interface Names {
    /// Empty when the name is not known, or not within a time that a caller can wait.
    List<InetAddress> addresses(String host);
}
