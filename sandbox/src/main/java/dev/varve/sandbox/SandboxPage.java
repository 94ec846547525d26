package dev.varve.sandbox;

import dev.varve.sandbox.sim.AcceptedEvent;
import dev.varve.sandbox.sim.Counters.Kind;
import dev.varve.sandbox.sim.FaultKind;
import dev.varve.sandbox.sim.Reply;
import dev.varve.sandbox.sim.SimPlatform;
import dev.varve.sandbox.sim.Simulation;
import dev.varve.sandbox.sim.Switch;
import java.util.List;
import java.util.Locale;

/// The page at `/`: what came lately, counters, switches. Refreshes itself, loads nothing from elsewhere, runs no
/// script.
final class SandboxPage {
    private static final int SHOWN = 25;
    private static final String HEAD = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Platform sandbox</title>
            <style>
            body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color-scheme:light dark}
            table{border-collapse:collapse;width:100%}
            th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #8884}
            td.n{font-variant-numeric:tabular-nums}
            code{font-size:.85em;overflow-wrap:anywhere}
            .duplicate{opacity:.6}
            </style></head><body>
            <h1>Platform sandbox</h1>
            <p>Imitates the conversion endpoints of Meta and TikTok. Nothing leaves this machine.</p>
            """;

    private final Simulation simulation;
    private final String url;
    private final boolean showsControls;

    SandboxPage(Simulation simulation, String url, boolean showsControls) {
        this.simulation = simulation;
        this.url = url;
        this.showsControls = showsControls;
    }

    Reply render() {
        StringBuilder html = new StringBuilder(HEAD);
        counters(html);
        for (SimPlatform platform : SimPlatform.values()) {
            events(html, platform);
        }
        if (showsControls) {
            faults(html);
            switches(html);
        }
        return Reply.html(200, html.append("</body></html>\n").toString())
                .withHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                .withHeader("Cache-Control", "no-store");
    }

    private void counters(StringBuilder html) {
        html.append("<h2>Counters</h2><table><tr><th>Platform</th>");
        for (Kind kind : Kind.values()) {
            html.append("<th>").append(kind.wireName()).append("</th>");
        }
        html.append("</tr>");
        for (SimPlatform platform : SimPlatform.values()) {
            html.append("<tr><td>").append(platform.title()).append("</td>");
            for (Kind kind : Kind.values()) {
                html.append("<td class=n>")
                        .append(simulation.counters().total(platform, kind))
                        .append("</td>");
            }
            html.append("</tr>");
        }
        html.append("</table>");
    }

    private void events(StringBuilder html, SimPlatform platform) {
        html.append("<h2>").append(platform.title()).append(": last events</h2>");
        List<AcceptedEvent> newest = simulation.store().events().newest(SHOWN, event -> event.platform() == platform);
        if (newest.isEmpty()) {
            html.append("<p>None yet.</p>");
            return;
        }
        html.append("<table><tr><th>Received</th><th>Event</th><th>event_id</th><th>Pixel</th><th>Verdict</th></tr>");
        for (AcceptedEvent event : newest) {
            html.append(event.isDuplicate() ? "<tr class=duplicate><td>" : "<tr><td>");
            html.append(event.receivedAt()).append("</td><td>");
            html.append(escaped(event.eventName())).append("</td><td><code>");
            html.append(escaped(event.eventId() == null ? "none" : event.eventId()))
                    .append("</code></td><td><code>");
            html.append(escaped(event.pixelId())).append("</code></td><td>");
            html.append(event.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                    .append("</td></tr>");
        }
        html.append("</table>");
    }

    private void faults(StringBuilder html) {
        html.append("<h2>Faults</h2><p>On now: ")
                .append(simulation.faults().list().size())
                .append(". Clear: <code>curl -X DELETE ")
                .append(escaped(url))
                .append("/__sim/faults</code></p><table>");
        for (FaultKind kind : FaultKind.values()) {
            String body =
                    "{\"fault\":\"" + kind.wireName() + "\",\"times\":3,\"match\":{\"pathPrefix\":\"/open_api/\"}}";
            html.append("<tr><td>")
                    .append(kind.wireName())
                    .append("</td><td>")
                    .append(escaped(kind.effect()))
                    .append("</td><td><code>curl -X POST ")
                    .append(escaped(url + "/__sim/faults -d '" + body + "'"))
                    .append("</code></td></tr>");
        }
        html.append("</table>");
    }

    private void switches(StringBuilder html) {
        html.append("<h2>Switches</h2><table>");
        for (Switch which : Switch.values()) {
            String body = "{\"" + which.platform().shortName() + "\":{\"" + which.key() + "\":\""
                    + simulation.switches().value(which) + "\"}}";
            html.append("<tr><td>")
                    .append(which.platform().title())
                    .append(' ')
                    .append(which.key())
                    .append("</td><td>")
                    .append(escaped(which.allowed()))
                    .append("</td><td><code>curl -X POST ")
                    .append(escaped(url + "/__sim/switches -d '" + body + "'"))
                    .append("</code></td></tr>");
        }
        html.append("</table>");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
