// The console: chooses the alert to show, and does what its buttons say. It reads with the token of its link, or, without
// one, as whoever is signed in: the browser adds their session's cookie by itself, and here is nothing of it.
import { Acting } from "./acting.ts";
import { may, ms, timeOf, type Alert, type Me, type Stranger } from "./alert.ts";
import { Alerts } from "./alerts.ts";
import { Api, forGood, Refused, token } from "./api.ts";
import { redrawn, serverNow } from "./clock.ts";
import { screen, type Watch } from "./console-view.ts";
import { acts, el, forms, patch, type Child } from "./dom.ts";
import type { Calm } from "./calm.ts";
import { keys, reach, showHelp, turnKeys } from "./keys.ts";
import { AlertMap } from "./map-console.ts";
import { mast, needsLink } from "./parts.ts";
import { speak, t } from "./say.ts";
import { resize } from "./size.ts";
import { Siren } from "./sound.ts";
import { keepTimeOf } from "./wall.ts";
import { Walks } from "./walks.ts";

const BEGUN = performance.now();
const OPENING_MS = 2_000;
const THERE_MS = 20_000; // Since the last key or click; then whoever left a form open has gone.
const api = new Api(token("tocsin.watch"));
let me: Me | null = null;
let known = true;
let chosen: string | null = null;
let shown: string | null = null;
let touched = -Infinity;
const put = new Set<string>();
let quiet: Calm | null = null;
let mayLookRound = true; // Until the server says that it is not theirs to see.
let before = false; // An alert was open when the page was drawn last.

const OVER = [401, 403]; // The session or the link was ended: what stands here is nobody's to read any more.
const draw = redrawn(() => {
  if (OVER.includes(alerts.live.refused)) known = false;
  if (!known || (!api.token && !me) || (opening() && !me)) {
    document.documentElement.removeAttribute("data-drill");
    siren.follow([]);
    map.settle(null, [], 0);
    document.title = t("Watch - Tocsin");
    patch(document.body, mast(), el("main", { "data-key": "opening" }, el("section", { class: "stack" }, known ? el("h1", {}, t("Connecting")) : door())));
    return;
  }
  acting.follow(open());
  const now = watch();
  const { alert } = now;
  if (before && !alert) void meet(); // What was known of the floor is as old as the alert.
  before = alert !== null;
  siren.follow(now.alerts.filter(({ drill, silent }) => !drill && !silent).map(({ id }) => id));
  document.documentElement.toggleAttribute("data-drill", Boolean(alert?.drill));
  document.title = alert ? `${alert.drill ? t("DRILL") : t("LIVE")}: ${alert.member?.name ?? "SOS"} - ${t("Tocsin watch")}` : t("Watch - Tocsin");
  patch(document.body, screen(now));
  map.settle(alert, now.alerts, now.now);
});
const map = new AlertMap(api.token, () => draw());
const siren = new Siren(() => draw());
const strangers = new Map<string, Stranger>();
const walks = new Walks(api, draw);
const acting = new Acting(api, (id) => alerts.look(id), () => draw());
const alerts = new Alerts(api, draw, (name, data) => {
  walks.hear(name, data);
  if (name === "unverified") strangers.set((data as Stranger).id, data as Stranger);
});

function door(): Child[] {
  if (api.token) return needsLink(true);
  return [el("h1", {}, t("Sign in to see the watch.")), el("p", {}, el("a", { class: "button go", href: "/sign-in?next=/console" }, t("Sign in")))];
}

/** What is live is shown as soon as it is known. Only while nothing is, the page waits a moment for all that it will show. */
const opening = (): boolean => performance.now() - BEGUN < OPENING_MS && !open().length && !(me && alerts.loaded && (quiet || !mayLookRound));

/** Real alerts before drills, which are not even offered beside them; the newest first. */
function open(): Alert[] {
  const all = [...alerts.known.values()].filter(({ state }) => state !== "closed");
  const real = all.filter(({ drill }) => !drill);
  return (real.length ? real : all).sort((a, b) => ms(b.raised_at) - ms(a.raised_at));
}

function watch(): Watch {
  const list = open();
  const stays = (id: string | null): Alert | undefined => list.find((one) => one.id === id);
  const alert = stays(chosen) ?? (atWork() ? stays(shown) : undefined) ?? list[0] ?? null;
  shown = alert?.id ?? null;
  return {
    me, said: acting.said(alert?.id), busy: acting.busy, alerts: list, alert,
    calm: quiet,
    walks,
    sound: siren.now,
    quiet: alert !== null && siren.isQuiet(alert.id),
    strangers: [...strangers.values()].filter(({ id }) => !put.has(id)),
    known: [...alerts.known.values()],
    session: !api.token,
    loaded: alerts.loaded,
    opening: opening(),
    live: alerts.live.now,
    silence: alerts.live.silence,
    now: serverNow(),
  };
}

/** Somebody writes something for the alert that is shown: the next one must not slip under their hands. */
function atWork(): boolean {
  const forms = [...document.querySelectorAll<HTMLFormElement>("main[data-key=main] form")];
  const written = forms.some((form) => [...form.querySelectorAll("input")].some(({ value }) => value !== ""));
  const there = performance.now() - touched < THERE_MS;
  return written || (there && forms.some((form) => form.contains(document.activeElement) || form.closest("details")?.open));
}

async function act(path: string, body: unknown, form?: HTMLFormElement): Promise<void> {
  const { alert } = watch();
  if (alert) await acting.act(alert.id, path, body, form);
}

const text = (fields: FormData, name: string): string => String(fields.get(name) ?? "").trim();

acts({
  choose: ({ dataset }) => choose(dataset["id"]),
  "put-away": ({ dataset }) => (put.add(dataset["id"] ?? ""), draw()),
  climb: () => void act("climb", {}),
  confirm: () => void act("close/confirm", {}),
  object: () => void act("close/object", {}),
  take: () => void act("handover/take", {}),
  sound: () => siren.wake(),
  quiet: () => quieten(),
  "close-keys": () => showHelp(false),
  "turn-keys": (tick) => turnKeys((tick as HTMLInputElement).checked),
  "show-keys": () => showHelp(true),
  smaller: () => resize(-1),
  larger: () => resize(1),
});
keys((key) => {
  const { alert, alerts: list } = watch();
  const nth = list[Number(key) - 1];
  if (nth) return () => choose(nth.id);
  if (key === "?") return () => showHelp(true);
  return alert ? single(alert)[key] : undefined;
});

const single = (alert: Alert): Record<string, () => void> => ({
  n: () => reach("note"),
  p: () => reach("police-who"),
  h: () => reach("handover-to"),
  x: () => reach("outcome"),
  m: () => quieten(),
  w: () => map.reach(),
  ...(may(alert, "climb") ? { r: () => void act("climb", {}) } : {}),
  ...(alert.closing && may(alert, "object") ? { o: () => void act("close/object", {}) } : {}),
});

function choose(alert: string | undefined): void {
  chosen = alert ?? null;
  acting.forget();
  draw();
}

function quieten(): void {
  const { alert } = watch();
  if (alert) siren.quieten(alert.id);
  draw();
}
forms({
  walk: (fields, form) => void walks.start(fields, form),
  note: (fields, form) => text(fields, "text") && void act("notes", { text: text(fields, "text") }, form),
  police: (fields, form) => void act("police", { who: text(fields, "who"), number: text(fields, "number"), at: new Date(serverNow()).toISOString() }, form),
  handover: (fields, form) => {
    const said = text(fields, "text");
    void act("handover", { to: text(fields, "to"), ...(said ? { text: said } : {}) }, form);
  },
  close: (fields, form) => {
    const note = text(fields, "note");
    void act("close", { outcome: text(fields, "outcome"), ...(note ? { note } : {}) }, form);
  },
});

async function meet(): Promise<void> {
  try {
    const found = await api.get<Me>("/api/v1/me");
    if (me && me.member.id !== found.member.id) return location.reload(); // Somebody else has signed in: nothing of the first stays.
    if (found.calm !== me?.calm) mayLookRound = found.calm ?? true;
    [me, known] = [found, true];
    speak(found.member.language);
    keepTimeOf(timeOf(found));
    if (!mayLookRound) quiet = null;
    else if (!open().length) await lookRound();
  } catch (error) {
    known = !(error instanceof Refused && OVER.includes(error.status));
  }
  draw();
}

/** Who is on and can be relied on; whoever may not read rosters keeps the plain page. */
async function lookRound(): Promise<void> {
  try {
    quiet = await api.get<Calm>("/api/v1/calm");
  } catch (error) {
    if (forGood(error)) [quiet, mayLookRound] = [null, false];
  }
}

for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => (touched = performance.now()));
void meet();
setInterval(() => void meet(), 15_000);
