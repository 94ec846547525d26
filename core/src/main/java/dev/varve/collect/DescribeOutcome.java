package dev.varve.collect;

import java.time.Duration;
import java.util.List;

/// What became of properties or consent sent for a user.
public sealed interface DescribeOutcome {
    /// Merged into what is stored of the user.
    record Described() implements DescribeOutcome {}

    /// Sent for nobody: an empty user id. Dropped.
    record Nobody() implements DescribeOutcome {}

    record Invalid(List<CollectOutcome.Issue> issues) implements DescribeOutcome {
        public Invalid {
            issues = List.copyOf(issues);
        }
    }

    record TooLarge(int limitBytes) implements DescribeOutcome {}

    /// Unknown app or wrong app key; deliberately without detail.
    record Unauthenticated() implements DescribeOutcome {}

    record RateLimited(Duration retryAfter) implements DescribeOutcome {}
}
