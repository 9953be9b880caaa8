/**
 * Starts the pages where the network is slow or gone: built files are kept, the document is asked for first and taken
 * from what is kept only when nobody answers. What the server says about the company is never kept here.
 */
const KEPT = "onebook-pages";
const DOCUMENT = "/";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.add(DOCUMENT)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin || address.pathname.startsWith("/api"))
    return;
  if (request.mode === "navigate") event.respondWith(fresh(request));
  else if (address.pathname.startsWith("/assets/")) event.respondWith(built(request));
});

/** The newest document, or the last one that came. */
async function fresh(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok) await (await caches.open(KEPT)).put(DOCUMENT, answer.clone());
    return answer;
  } catch (error) {
    const last = await caches.match(DOCUMENT);
    if (last) return last;
    throw error;
  }
}

/** Names of built files carry a hash of their content: what is kept is right for ever. */
async function built(request) {
  const kept = await caches.open(KEPT);
  const found = await kept.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await kept.put(request, answer.clone());
  return answer;
}
