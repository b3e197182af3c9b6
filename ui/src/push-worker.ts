// What the phone does with a push while its page is closed: it always shows a notification (a browser that is sent pushes
// which show nothing takes the leave away), says to the server that the push came, and takes an answer from its buttons.
// Its words come from the server, in the language of whoever has the phone; without any of them it names nothing but us.
import { kept } from "./kept.ts";

declare const self: ServiceWorkerGlobalScope;

interface Button {
  action: "coming" | "cannot";
  title: string;
}
interface Push {
  id?: string;
  receipt?: string;
  purpose?: string;
  title?: string;
  body?: string;
  tag?: string;
  url?: string;
  actions?: Button[];
  alert?: string;
}

const NEUTRAL = "Tocsin";
const HOME = "/phone";
const RECEIPTS = "/api/v1/push/receipts";
const AGAIN_MS = [1_000, 4_000, 12_000]; // A browser lets us work for half a minute after a push.
const TRY_MAX_MS = 8_000;
const CALLS = ["ring", "real_alert"];
const TESTS = "reach_test";

export const onPush = (event: PushEvent): void => event.waitUntil(arrived(read(event.data)));
export const onClick = (event: NotificationEvent): void => event.waitUntil(pressed(event));

function read(data: PushMessageData | null): Push {
  try {
    const given: unknown = data?.json();
    return typeof given === "object" && given !== null ? given : {};
  } catch {
    return {}; // Not ours, or of a time to come: something is shown all the same.
  }
}

async function arrived(push: Push): Promise<void> {
  await Promise.allSettled([shown(push), acknowledged(push)]);
}

/** A call for help stays until somebody has seen it; what came before it about the same alert makes room for it. */
function shown(push: Push): Promise<void> {
  const calls = CALLS.includes(push.purpose ?? "");
  const options: NotificationOptions & { actions?: Button[]; renotify?: boolean; vibrate?: number[] } = {
    body: push.body ?? "",
    data: push,
    requireInteraction: calls,
    silent: push.purpose === TESTS,
    ...(push.tag ? { tag: push.tag, renotify: push.purpose !== TESTS } : {}),
    ...(push.actions ? { actions: push.actions } : {}),
    ...(calls ? { vibrate: [600, 200, 600, 200, 600] } : {}),
  };
  return self.registration.showNotification(push.title || NEUTRAL, options);
}

/** Said until the server has heard it, as long as the browser lets us; ten times is once. */
async function acknowledged({ id, receipt }: Push): Promise<void> {
  if (!id || !receipt) return;
  const token = await kept.get<string>("token").catch(() => undefined);
  for (const wait of [...AGAIN_MS, 0]) {
    if (!worthAgain(await posted(RECEIPTS, { delivery: id, receipt }, token))) return;
    if (wait) await new Promise((later) => setTimeout(later, wait));
  }
}

/** The status; 0: nobody answered, or something on the way did that is not the server. */
async function posted(path: string, body: unknown, token: string | undefined): Promise<number> {
  const headers = { Accept: "application/json", "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  try {
    const answer = await fetch(path, {
      method: "POST", headers, body: JSON.stringify(body), cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(TRY_MAX_MS),
    });
    const told = (await answer.json()) as object;
    return (answer.ok ? ["id", "received"] : ["code"]).some((name) => name in told) ? answer.status : 0;
  } catch {
    return 0;
  }
}

const worthAgain = (status: number): boolean => status === 0 || status === 429 || status >= 500;

/** What could not be said to the server is not taken for said: then the page opens, which shows how it stands. */
async function pressed({ action, notification }: NotificationEvent): Promise<void> {
  const push = (notification.data ?? {}) as Push;
  notification.close();
  const said = action ? await answered(push, action) : false;
  if (!said || action === "coming") await opened(push.url);
}

async function answered({ alert }: Push, answer: string): Promise<boolean> {
  const token = await kept.get<string>("token").catch(() => undefined);
  if (!alert || !token) return false;
  const status = await posted(`/api/v1/alerts/${encodeURIComponent(alert)}/answers`, { answer }, token);
  return status >= 200 && status < 300;
}

async function opened(url = HOME): Promise<void> {
  const given = new URL(url, self.location.origin);
  const wanted = given.origin === self.location.origin ? given.href : new URL(HOME, self.location.origin).href;
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const same = open.find((client) => client.url.split("#")[0] === wanted.split("#")[0]);
  await (same ? same.focus() : self.clients.openWindow(wanted));
}
