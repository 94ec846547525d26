package dev.varve.connectors.meta;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.mapping.Commerce;
import dev.varve.connectors.mapping.EventFacts;
import dev.varve.connectors.mapping.PayloadWriter;
import dev.varve.connectors.mapping.Properties.Names;
import dev.varve.destination.Destination.DataProcessing;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Writes a member of Meta's `data`. The keys at event level are a closed list: Meta refuses a whole request for an
/// unknown one.
final class MetaPayload {
    private static final Names OPT_OUT = Names.of("opt_out");

    private MetaPayload() {}

    static byte[] of(MetaDraft draft, Commerce commerce) {
        try {
            PayloadWriter json = new PayloadWriter();
            json.object(() -> write(json, draft, commerce));
            return json.toBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    private static void write(PayloadWriter json, MetaDraft draft, Commerce commerce) throws IOException {
        EventFacts facts = draft.facts();
        json.text("event_name", draft.name());
        json.number("event_time", facts.eventTime().getEpochSecond());
        json.text("event_id", facts.platformEventId());
        json.text("action_source", draft.source().wireName());
        json.text("event_source_url", draft.sourceUrl());
        json.text("referrer_url", draft.addresses().referrer());
        writeOptOut(json, facts);
        writeDataProcessing(json, facts);
        draft.userData().write(json);
        if (draft.source() == ActionSource.APP) {
            MetaAppData.of(facts, draft.device()).write(json);
        }
        new MetaCustomData(facts, draft.name(), draft.source(), commerce).write(json);
    }

    /// The event counts for attribution only. Said only when the sender says it.
    private static void writeOptOut(PayloadWriter json, EventFacts facts) throws IOException {
        JsonNode stated = facts.properties().first(OPT_OUT);
        if (stated != null && stated.isBoolean()) {
            json.flag("opt_out", stated.booleanValue());
        }
    }

    /// An empty list says that nothing is limited; without it Meta applies what the dataset is set to.
    private static void writeDataProcessing(PayloadWriter json, EventFacts facts) throws IOException {
        DataProcessing options = facts.dataProcessing();
        if (options == null) {
            return;
        }
        json.array("data_processing_options", () -> {
            if (options.limited()) {
                json.element("LDU");
            }
        });
        if (options.limited()) {
            json.number("data_processing_options_country", options.country());
            json.number("data_processing_options_state", options.state());
        }
    }
}
