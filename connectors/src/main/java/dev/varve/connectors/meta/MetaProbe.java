package dev.varve.connectors.meta;

import dev.varve.connectors.PlatformAnswer;
import dev.varve.connectors.PlatformHttp.Exchange;
import dev.varve.connectors.meta.MetaTraits.Trait;
import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import dev.varve.destination.ProbeResult;
import java.time.InstantSource;
import java.util.Optional;

/// Asks Meta whether a token may post to a dataset, with the least that can be recorded: `debug_token` where the
/// operator has an app, then an event that is wrong in its age only. Once Meta recorded such an event after all, the
/// destination is probed by reading its dataset. Thread-safe.
final class MetaProbe {
    private static final String FIELDS = "?fields=id,name,is_unavailable,last_fired_time,is_consolidated_container";
    private static final String RECORDED =
            "Meta recorded the probe as an event VarveProbe; from now on the dataset is only read";

    private final MetaGraph graph;
    private final MetaTraits traits;
    private final InstantSource clock;
    private final MetaSettings settings;
    private final MetaProbeReader reader = new MetaProbeReader();

    MetaProbe(MetaGraph graph, MetaTraits traits, InstantSource clock, MetaSettings settings) {
        this.graph = graph;
        this.traits = traits;
        this.clock = clock;
        this.settings = settings;
    }

    ProbeResult ask(Destination destination) {
        Optional<ProbeResult> invalid = refusalByDebugToken(destination);
        if (invalid.isPresent()) {
            return invalid.get();
        }
        return traits.of(destination).probesByReading() ? byReading(destination) : bySending(destination);
    }

    /// Only a clear no counts: that the operator's app may not ask says nothing about the token.
    private Optional<ProbeResult> refusalByDebugToken(Destination destination) {
        return settings.app()
                .filter(_ -> destination.pixelId() != null)
                .filter(_ -> destination.accessToken().isPresent())
                .map(app -> graph.debugToken(destination, app))
                .flatMap(exchange ->
                        exchange instanceof Exchange.Answered answered ? Optional.of(answered.answer()) : none())
                .flatMap(answer -> reader.refusalByDebugToken(answer, clock.instant()));
    }

    private static Optional<PlatformAnswer> none() {
        return Optional.empty();
    }

    private ProbeResult bySending(Destination destination) {
        boolean inBody = traits.of(destination).tokenInBody();
        Sent sent = send(destination, inBody);
        if (!inBody && sent.result instanceof ProbeResult.TokenRefused) {
            sent = withTokenInBody(destination, sent);
        }
        return sent.isRecorded && sent.result instanceof ProbeResult.Accepted accepted
                ? switchedToReading(destination, accepted)
                : sent.result;
    }

    private record Sent(ProbeResult result, boolean isRecorded) {}

    private Sent send(Destination destination, boolean inBody) {
        byte[] body = MetaProbeEvent.body(
                settings.operatorUrl(), clock.instant(), inBody ? destination.accessToken() : Optional.empty());
        Exchange exchange =
                inBody ? graph.postEventsWithTokenInBody(destination, body) : graph.postEvents(destination, body);
        return switch (exchange) {
            case Exchange.Answered answered ->
                new Sent(reader.ofSending(answered.answer()), reader.isRecorded(answered.answer()));
            case Exchange.Broken broken -> new Sent(new ProbeResult.Unknown(broken.answer()), false);
            case Exchange.Impossible impossible -> new Sent(new ProbeResult.TokenRefused(impossible.answer()), false);
        };
    }

    /// A token that is refused in the header may be taken in the body; when it is not, the first refusal stands.
    private Sent withTokenInBody(Destination destination, Sent refused) {
        if (refused.result.answer().httpStatus() == 0) {
            return refused;
        }
        Sent other = send(destination, true);
        boolean taken =
                other.result instanceof ProbeResult.Accepted || other.result instanceof ProbeResult.PixelRefused;
        if (taken) {
            traits.learn(destination, Trait::withTokenInBody);
        }
        return taken ? other : refused;
    }

    /// Reads the dataset once at a moment when the token is known to be good, to learn whether it may.
    private ProbeResult switchedToReading(Destination destination, ProbeResult.Accepted accepted) {
        traits.learn(destination, Trait::withProbesByReading);
        byReading(destination);
        Answer answer = accepted.answer();
        Answer noticed = new Answer(
                answer.at(), answer.latency(), answer.httpStatus(), answer.platformCode(), RECORDED, answer.traceId());
        return new ProbeResult.Accepted(noticed, true);
    }

    private ProbeResult byReading(Destination destination) {
        return switch (graph.read(destination, FIELDS)) {
            case Exchange.Answered answered -> read(destination, answered.answer());
            case Exchange.Broken broken -> new ProbeResult.Unknown(broken.answer());
            case Exchange.Impossible impossible -> new ProbeResult.TokenRefused(impossible.answer());
        };
    }

    private ProbeResult read(Destination destination, PlatformAnswer answer) {
        ProbeResult result = reader.ofReading(answer, traits.of(destination));
        if (result instanceof ProbeResult.Accepted accepted && accepted.conclusive()) {
            traits.learn(destination, Trait::withReadable);
        }
        return result;
    }
}
