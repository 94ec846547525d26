// A dashboard widget written for the Layers API: the tracking badge of one app.
// Usage: node tracking-badge.mjs PROJECT_ID APP_ID, with LAYERS_API_URL and LAYERS_API_KEY in the environment.
const DAY_MS = 24 * 60 * 60 * 1000;
const [projectId, appId] = process.argv.slice(2);

async function layers(path) {
  const response = await fetch(new URL(path, process.env.LAYERS_API_URL), {
    headers: { Authorization: `Bearer ${process.env.LAYERS_API_KEY}` },
  });
  if (!response.ok) {
    throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
  }
  return response.json();
}

async function badge() {
  const app = await layers(`/v1/projects/${projectId}/sdk-apps/${appId}`);
  if (!app.lastEventAt) {
    return { color: "red", text: "SDK never seen" };
  }
  if (Date.now() - new Date(app.lastEventAt).getTime() > DAY_MS) {
    return { color: "amber", text: "no events for a day" };
  }
  const capi = await layers(`/v1/projects/${projectId}/ads/capi-status`);
  if (capi.meta?.enabled && capi.meta.events_received_24h === 0) {
    return { color: "amber", text: "Meta received nothing" };
  }
  return { color: "green", text: `${capi.meta?.events_received_24h ?? 0} at Meta` };
}

console.log(JSON.stringify(await badge()));
