/**
 * Starts the pages where the network is slow or gone: built files are kept, the document is asked for first and taken
 * from what is kept only when nobody answers. What the server says about the company is never kept here.
 */
const KEPT = "onebook-pages";
const DOCUMENT = "/";
const BUILT = "/assets/";
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(fetch(DOCUMENT).then(keepDocument));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin || address.pathname.startsWith("/api"))
    return;
  if (request.mode === "navigate") event.respondWith(fresh(event));
  else if (address.pathname.startsWith(BUILT)) event.respondWith(built(request));
});

/** The newest document; the last one that came where nobody answers, or not soon. */
async function fresh(event) {
  const last = await caches.match(DOCUMENT);
  const newest = fetch(event.request);
  const keeping = newest.then((answer) => answer.ok && keepDocument(answer.clone()));
  event.waitUntil(keeping.catch(() => undefined));
  if (!last) return newest;
  const late = new Promise((_, refuse) => setTimeout(refuse, PATIENCE_MS));
  return Promise.race([newest, late]).catch(() => last);
}

/** The document together with the files that it begins with; what only an older one named is let go. */
async function keepDocument(answer) {
  if (!answer.ok) return;
  const kept = await caches.open(KEPT);
  const last = await kept.match(DOCUMENT);
  const [text, lastText] = await Promise.all([answer.clone().text(), last ? last.text() : ""]);
  const begins = beginsWith(text);
  const isNew = last && begins.join() !== beginsWith(lastText).join();
  if (isNew) {
    const files = (await kept.keys()).filter((one) => new URL(one.url).pathname.startsWith(BUILT));
    await Promise.all(files.map((one) => kept.delete(one)));
  }
  await Promise.all(begins.map((file) => built(new Request(file))));
  await kept.put(DOCUMENT, answer);
}

/** The built files that a document names. */
const beginsWith = (text) => [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file]) => file);

/** Names of built files carry a hash of their content: what is kept is right for ever. */
async function built(request) {
  const kept = await caches.open(KEPT);
  const found = await kept.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await kept.put(request, answer.clone());
  return answer;
}
