package dev.varve.server.api;

import dev.varve.collect.DraftOutcome;
import dev.varve.collect.ServerRequest;
import dev.varve.server.http.ApiException.Issue;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.IngestApp.AppStoreIdentity;
import dev.varve.tenant.SdkPlatform;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// What is wrong with the events of a server, when their app is not known or does not matter.
record EventIssues(ApiServices.ServerEvents events) {
    private static final IngestApp ANY_APP = new IngestApp(
            "",
            new UUID(0, 0),
            SdkPlatform.WEB,
            new IngestApp.AppKeyPolicy(new byte[0], false),
            new AppStoreIdentity("", null, null, null, null),
            Map.of(),
            Map.of());

    /// None when one of the events is valid, or when there are none at all.
    List<Issue> of(byte[] body) {
        return events.draft(new ServerRequest(ANY_APP, body)) instanceof DraftOutcome.Invalid invalid
                ? of(invalid)
                : List.of();
    }

    static List<Issue> of(DraftOutcome.Invalid invalid) {
        return invalid.issues().stream()
                .filter(issue -> issue.path().startsWith("events["))
                .map(issue -> new Issue(issue.path(), issue.message()))
                .toList();
    }
}
