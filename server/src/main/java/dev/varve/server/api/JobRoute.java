package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.delivery.Jobs;
import dev.varve.delivery.Jobs.Job;
import dev.varve.server.http.ApiException;
import dev.varve.tenant.PrefixedId;
import java.util.List;
import java.util.Locale;

/// `GET /v1/jobs/:jobId`.
final class JobRoute {
    private final ApiServices.Catalog catalog;
    private final Jobs jobs;

    JobRoute(ApiServices services) {
        this.catalog = services.catalog();
        this.jobs = services.pipeline().replays().jobs();
    }

    List<Route> routes() {
        return List.of(Route.open("GET", "/jobs/{jobId}", this::get));
    }

    /// A job of a project of the other mode does not exist either.
    private ApiAnswer get(ApiCall call) {
        return jobs.find(call.caller().organization().id(), call.segment("jobId"))
                .filter(job -> catalog.projects()
                        .find(call.caller().owner(), job.projectId())
                        .isPresent())
                .map(job -> ApiAnswer.ok(json(job)))
                .orElseThrow(() -> ApiException.notFound("job"));
    }

    private static ObjectNode json(Job job) {
        ObjectNode json = Json.object()
                .put("jobId", job.jobId())
                .put("kind", job.kind())
                .put("projectId", PrefixedId.PROJECT.format(job.projectId()))
                .put("status", job.progress().status().name().toLowerCase(Locale.ROOT));
        json.putObject("progress")
                .put("done", job.progress().done())
                .put("total", job.progress().total());
        boolean hasFailed = job.progress().status() == Jobs.Status.FAILED;
        json.set("result", hasFailed ? null : job.result());
        json.set("error", hasFailed ? job.result() : null);
        return json.put("createdAt", Json.time(job.times().createdAt()))
                .put("finishedAt", Json.time(job.times().finishedAt()));
    }
}
