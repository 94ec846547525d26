// A release check written for the Layers API: posts to verify-tracking and lists the failed checks.
// Usage: node failed-checks.mjs PROJECT_ID APP_ID [EXPECTED_EVENT...], with LAYERS_API_URL and LAYERS_API_KEY in the environment.
const [projectId, appId, ...expectedEvents] = process.argv.slice(2);

const url = new URL(`/v1/projects/${projectId}/sdk-apps/${appId}/verify-tracking`, process.env.LAYERS_API_URL);
const response = await fetch(url, {
  method: "POST",
  headers: { Authorization: `Bearer ${process.env.LAYERS_API_KEY}`, "Content-Type": "application/json" },
  body: JSON.stringify({ expectedEvents }),
});
if (!response.ok) {
  throw new Error(`verify-tracking answered ${response.status}: ${await response.text()}`);
}
const result = await response.json();
const failed = result.checks.filter((check) => !check.passed);

console.log(
  JSON.stringify({
    status: result.status,
    missing: result.missing,
    failed: failed.map(({ name, reason }) => `${name}: ${reason}`),
  }),
);
