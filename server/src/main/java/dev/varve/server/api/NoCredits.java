package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// What the API says of wallets. This version has no credits: nothing can be funded and nothing is charged, so every
/// wallet is empty and has no limits. The only place that says so, for the version that has them.
final class NoCredits {
    static final int BALANCE = 0;
    static final int RECLAIMED = 0;

    private NoCredits() {}

    static ObjectNode addTo(ObjectNode summary) {
        summary.put("balance", BALANCE).put("available", 0);
        summary.putObject("creditConfig")
                .putNull("monthlyCreditCap")
                .putNull("refillThreshold")
                .putNull("refillAmount")
                .put("autoRefillEnabled", false);
        return summary;
    }
}
