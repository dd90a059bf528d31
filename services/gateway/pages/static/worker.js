// Gives the card form when there is no signal, or a part of the system is away: the one that was shown last, empty. Nothing else is kept, and all of it
// goes when the officer signs out (the answer to that says Clear-Site-Data). Where the browser can, it also sends what
// waits after the page was closed.

import { filers } from "./queue.js";
import { sendAll } from "./sending.js";

const CACHE = "form-1";
const FORM = "/card";
const SCRIPTS = ["card", "element", "finding", "photos", "queue", "sending", "waiting"].map((name) => `${name}.js`);
const PARTS = ["pages.css", "icon.svg", ...SCRIPTS].map((name) => `/static/${name}`);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(PARTS)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name !== CACHE;
  const cleared = caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))));
  event.waitUntil(cleared.then(() => self.clients.claim()).then(keepForm));
});

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate" && pathname === FORM) event.respondWith(form(event.request));
  else if (PARTS.includes(pathname)) event.respondWith(part(event.request));
});

self.addEventListener("sync", (event) => event.waitUntil(sendWaiting()));

// Rejects while there is something left, so that the browser tries again.
async function sendWaiting() {
  for (const filer of await filers()) {
    const why = await sendAll(filer);
    for (const page of await self.clients.matchAll()) page.postMessage({ filer, why });
    if (why === "signal") throw new Error("there is no signal");
  }
}

// The first one was shown before there was a worker to see it.
async function keepForm() {
  try {
    await form(new Request(FORM));
  } catch {
    // there is no signal: it is kept the next time
  }
}

async function form(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(FORM, answer.clone());
    return answer.status < 500 ? answer : ((await cache.match(FORM)) ?? answer);
  } catch (error) {
    const kept = await cache.match(FORM);
    if (kept) return kept;
    throw error;
  }
}

async function part(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}
