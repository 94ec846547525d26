// A dashboard widget written for the Layers API: which ad platforms of a project want attention.
// Usage: node unhealthy-platforms.mjs PROJECT_ID, with LAYERS_API_URL and LAYERS_API_KEY in the environment.
const [projectId] = process.argv.slice(2);

const response = await fetch(new URL(`/v1/projects/${projectId}/ads/capi-status`, process.env.LAYERS_API_URL), {
  headers: { Authorization: `Bearer ${process.env.LAYERS_API_KEY}` },
});
if (!response.ok) {
  throw new Error(`capi-status answered ${response.status}: ${await response.text()}`);
}
const { platforms } = await response.json();
const unhealthy = platforms.filter((p) => p.status !== "healthy");

console.log(JSON.stringify(unhealthy.map((p) => ({ platform: p.platform, status: p.status, error: p.lastError?.code ?? null }))));
