// What the phone does while its page is closed or has no network: it opens the app from what was kept of it, and sends a
// press that has not gone out. It never stands between a page and the server: what the page asks of the API goes straight.
import { kept } from "./kept.ts";
import { onClick, onPush } from "./push-worker.ts";
import { nameOf, OVER, sent, SYNC, type Waiting } from "./waiting.ts";

declare const self: ServiceWorkerGlobalScope;
declare const PRECACHE: readonly string[]; // Of this very build: see build.mjs.
declare const SHELL_SCRIPT: string;

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

const SHELLS = ["/phone", "/notes"]; // Each answers for itself alone; /z/* is one page for every code.
const ZONE = "/z/";
const APP = `app-${SHELL_SCRIPT}`;
const APPS_MAX = 2; // This one, and the one before it, which an open page may still be of.

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && SHELLS.includes(pathname)) event.respondWith(fromApp(event.request, pathname));
  else if (event.request.mode === "navigate" && pathname.startsWith(ZONE)) event.respondWith(fromApp(event.request, ZONE));
  else if (PRECACHE.includes(pathname)) event.respondWith(fromApp(event.request, pathname));
});
self.addEventListener("push", onPush);
self.addEventListener("notificationclick", onClick);
self.addEventListener("sync", (event) => {
  const { tag } = event as SyncEvent;
  if (tag === SYNC) (event as SyncEvent).waitUntil(sendAll());
});

/** All of it or nothing: half an app that was kept would be none without a network. */
async function install(): Promise<void> {
  const app = await caches.open(APP);
  await app.addAll(PRECACHE);
  for (const path of [...SHELLS, ZONE]) {
    const page = await fetch(path === ZONE ? `${ZONE}-` : path, { cache: "no-store", credentials: "omit" });
    const text = await page.clone().text();
    // A server that is being exchanged may hand out the next page with this script, or the other way round.
    if (!page.ok || (path !== ZONE && !text.includes(SHELL_SCRIPT))) throw new Error("not of this build");
    await app.put(path, page);
  }
  await self.skipWaiting(); // An open page goes on as it is; only the next one is of the new build.
}

async function activate(): Promise<void> {
  const apps = (await caches.keys()).filter((name) => name.startsWith("app-"));
  const older = apps.filter((name) => name !== APP);
  await Promise.all(older.slice(0, Math.max(0, older.length - (APPS_MAX - 1))).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** What was kept opens at once, with a network or without: a stalled line must not hold up the page with the disc. */
async function fromApp(request: Request, name: string): Promise<Response> {
  const app = await caches.open(APP);
  return (await app.match(name, { ignoreVary: true })) ?? fetch(request);
}

/** Refused as long as one is left: then the browser wakes us again. */
async function sendAll(): Promise<void> {
  const waiting = await kept.all<Waiting>(nameOf(""));
  const left = (await Promise.all(waiting.map(taken))).filter((one) => !one);
  if (left.length) throw new Error("not sent yet");
}

async function taken(press: Waiting): Promise<boolean> {
  const receipt = await Promise.any(["", ...press.addresses].map((address) => sent(press, address))).catch(() => null);
  if (!receipt) return false;
  const anew = receipt.state === OVER ? press.anew : undefined;
  if (anew) await kept.put(nameOf(anew.key), anew);
  await kept.remove(nameOf(press.key));
  return anew ? taken(anew) : true;
}
