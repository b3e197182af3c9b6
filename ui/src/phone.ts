// A worker's phone: what it knows, what the worker does, and which screen that makes.
import { ms, saying, type Alert, type Me } from "./alert.ts";
import { Alerts } from "./alerts.ts";
import { Api, Refused, token } from "./api.ts";
import { redrawn, serverNow } from "./clock.ts";
import { cannot } from "./cannot.ts";
import { acts, el, forms, patch, type Child } from "./dom.ts";
import { Fixes } from "./fixes.ts";
import { disguiseOf, GUISES, type Guise } from "./guises.ts";
import { hold, holdTitle } from "./hold.ts";
import { install } from "./installed.ts";
import { kept } from "./kept.ts";
import { Names } from "./near.ts";
import { isMe, remember, remembered } from "./me.ts";
import { painted } from "./painted.ts";
import { mast, needsLink } from "./parts.ts";
import { exit, live, ready, unsent, type Seen } from "./phone-view.ts";
import { DOUBT_MS, fingerprint, Outbox } from "./press.ts";
import { Proof } from "./proof.ts";
import { silent } from "./silent-view.ts";
import { look, wear } from "./look.ts";
import { whyNot } from "./refusals.ts";
import { RollCalls } from "./roll-call.ts";
import { speak, t } from "./say.ts";
import { store, stored } from "./stored.ts";
import { Walking } from "./walk.ts";
import { walkActs } from "./walk-acts.ts";
import { entry, walkScreen } from "./walk-view.ts";
import { hourAndMinute } from "./words.ts";

const FRESH_MS = 30_000; // How many would be rung changes with each shift.
const api = new Api(token());
const mark = fingerprint(api.token ?? "");
const pin = { open: false, busy: false, said: "" };
const list = { screen: "list" as "list" | "lists" | "code", own: [] as string[], ticked: new Set<string>(), shared: false, adding: false };
let me = remembered(mark);
speak(me?.member.language);
let knownLink = true;
let raiseOnly = false;
let single = stored("tocsin.single") === "yes";
let silentPlace = stored("tocsin.silent-place") !== "no";
let page: "phone" | "cannot" = "phone";
let left = leftBefore(); // By the quick exit: the ordinary thing stands there although nothing is open.
look.guise = GUISES.find((guise) => guise === stored("tocsin.guise")) ?? "list";
let disguise = disguiseOf(mark, look.guise);
if (look.silent) wear(true);

const draw = redrawn(show);
const alerts = api.token ? new Alerts(api, draw, (name, data) => (name === "open" && followOwn(), walking.hear(name, data))) : null;
const outbox = new Outbox(api, draw, (alert) => alert && void follow(alert), { addresses: () => (me?.addresses ?? []).filter((address) => address !== location.origin) });
const fixes = new Fixes(draw, (fix, why) => why.has("alert") ? outbox.add("places", fix) : void walking.place(fix));
const proof = api.token ? new Proof(api, draw) : null;
const names = new Names(api, draw);
const rolls = new RollCalls(api, draw);
const walking = new Walking(api, mark, draw, (alert) => (outbox.adopt(alert), void follow(alert)), () => alerts?.live.now ?? false);

/** A newer one, raised by text or from another device, takes the place of one that has ended, read or not. */
function own(): Alert | null {
  const known = alerts?.known.get(outbox.alert ?? "") ?? null;
  const over = known?.state === "closed" && !outbox.waiting;
  if (!me || (!over && (outbox.alert || outbox.presses.length))) return known;
  const mine = [...(alerts?.known.values() ?? [])].filter((alert) => alert.state !== "closed" && alert.member?.id === me?.member.id);
  const newest = mine.sort((a, b) => ms(b.raised_at) - ms(a.raised_at))[0];
  if (!newest || (known && ms(newest.raised_at) < ms(known.raised_at))) return known;
  if (known) outbox.forget();
  outbox.adopt(newest.id);
  return newest;
}

/** A new screen is read from its top. */
function show(): void {
  const name = (): string => document.querySelector<HTMLElement>("[data-screen]")?.dataset["screen"] ?? "";
  const before = name();
  patch(document.body, screen());
  if (name() !== before) scrollTo(0, 0);
}

function seen(): Seen {
  const alert = own();
  const waiting = outbox.waiting;
  const fresh = waiting && !outbox.alert;
  const now = serverNow();
  return {
    me, alert, now, single, silentPlace, pin, disguise, raiseOnly, proof, fixes,
    names: names.of(me),
    forgetful: outbox.forgetful,
    tabOnly: stored("tocsin.token") !== api.token,
    silence: alerts?.live.silence ?? Infinity,
    lost: outbox.lost,
    receiptOnly: outbox.alert === null,
    skew: now - Date.now(),
    press: fresh ? waiting : outbox.presses.findLast((press) => press.taken !== null),
    again: waiting && outbox.alert ? waiting : undefined,
    doubtful: waiting !== undefined && (waiting.failed !== "" || Date.now() - waiting.at > DOUBT_MS),
    live: alerts?.live.now ?? false,
    waiting: outbox.additions,
  };
}

function screen(): Child[] {
  const now = seen();
  const over = now.alert?.state === "closed";
  const untold = look.silent && outbox.alert !== null && now.alert === null; // From elsewhere, and how it stands is not known here yet.
  const called = outbox.waiting !== undefined || (outbox.presses.length > 0 && !over) || (now.alert !== null && !over);
  if (called) leave(false);
  else if (!untold) clearCode();
  if (look.silent && !called && !left && !untold) clearList();
  if (called && !look.silent && hushed(now)) wear(true);
  document.documentElement.toggleAttribute("data-drill", Boolean(now.alert?.drill) && !over && !look.silent);
  // Send first, locate second: never before a press, never after its end, and in silence only where the worker agreed.
  fixes.during("alert", called && !(outbox.alert === null && !outbox.waiting) && (silentPlace || !look.silent));
  fixes.during("walk", walking.open && !called);
  if (look.silent) return listed(now);
  if (page === "cannot" && !called) return cannot(me?.sos_numbers?.[0], exit());
  document.title = called ? (outbox.waiting && !outbox.alert ? t("SOS not sent - Tocsin") : t("SOS sent - Tocsin")) : t("Ready - Tocsin");
  if (!api.token || !knownLink) return [mast(el("span"), exit()), el("main", {}, el("section", { class: "stack" }, needsLink(api.token !== null),
    el("p", {}, el("a", { class: "button", href: "/link" }, t("Type the code of a link")))))];
  if (outbox.waiting && !outbox.alert) return unsent(now);
  if (called) return live(now);
  const roll = raiseOnly ? null : rolls.board();
  return walkScreen({ ...now, walking, exit: exit(), roll }) ?? ready({ ...now, roll, walk: raiseOnly ? null : entry(walking) });
}

/** Called in silence, as far as this phone knows: also before the server has said so, and where it has not heard it yet. */
const hushed = ({ alert, receiptOnly }: Seen): boolean =>
  alert?.silent ?? ((outbox.waiting !== undefined || !receiptOnly) && outbox.presses.some(({ silent }) => silent));

/** What was asked for in one call for help must not stand before the next. */
function clearCode(): void {
  if (!pin.busy) Object.assign(pin, { open: false, said: "" });
  if (list.screen === "code") list.screen = "list";
}

function clearList(): void {
  Object.assign(list, { screen: "list", own: [], shared: false, adding: false });
  list.ticked.clear();
  wear(false);
}

function listed({ alert, now, press }: Seen): Child[] {
  const waiting = outbox.waiting;
  const taken = press?.taken ?? null;
  const people = alert?.people_rung ?? 0;
  const withYou = alert ? saying(alert, "with_them", now).length > 0 : false;
  const coming = withYou || (alert ? saying(alert, "coming", now).length > 0 : false);
  const ticks = withYou ? 5 : coming ? 4 : people ? 3 : taken !== null ? 2 : press && Date.now() - press.at < DOUBT_MS && !press.failed ? 1 : 0;
  return silent({ ...list, disguise, ticks, people, said: pin.said, synced: !waiting, time: hourAndMinute(now) });
}

async function follow(alert: string): Promise<void> {
  try {
    await alerts?.look(alert);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) return;
    alerts?.known.delete(alert); // A server that lost its store: the worker must not wait for an alert that nobody has.
    outbox.lose(alert);
  }
}

const followOwn = (): unknown => outbox.alert && follow(outbox.alert);

function press(silently: boolean): void {
  if (own()?.state === "closed") outbox.forget();
  if (silently) wear(true);
  outbox.press(silently || look.silent);
  draw();
}

/** Remembered for this tab, so that a reload does not undo it. */
function leave(away: boolean): void {
  if (left === away) return;
  left = away;
  try {
    sessionStorage.setItem("tocsin.left", away ? "yes" : "no");
  } catch {
    // Forbidden: a reload shows the app again.
  }
}

function leftBefore(): boolean {
  try {
    return look.silent && sessionStorage.getItem("tocsin.left") === "yes";
  } catch {
    return false;
  }
}

/** The quick exit: at once, without a network, and nothing is left behind it to go back to. */
function quickExit(): void {
  page = "phone";
  list.screen = "list";
  leave(true);
  wear(true);
  show();
}

/** What three seconds on the title lead to: the code, or where nothing is open and nothing could be closed, the app. */
function wayBack(): void {
  if (!left) return turn("code");
  leave(false);
  wear(false);
  show();
}

function keep(): void {
  if (!api.token || !store("tocsin.token", api.token)) return;
  void kept.put("token", api.token).catch(() => undefined);
  draw();
}

const zone = (place: string): unknown => ({ kind: "zone", place, at: new Date(serverNow()).toISOString() });

async function safe(digits: string, form: HTMLFormElement): Promise<void> {
  const { alert } = outbox;
  // Where one may only call for help, one is told the id of no alert; the server hears a code all the same.
  const of = alert ?? outbox.presses.findLast((press) => press.taken !== null)?.key;
  if (pin.busy) return;
  Object.assign(pin, { busy: true, said: "" });
  draw();
  try {
    if (!of) throw new Error("the server has no call of ours yet");
    await api.act(of, "safe", { pin: digits });
    Object.assign(pin, { open: false });
    list.screen = "list";
    await follow(of);
  } catch (error) {
    const read = error instanceof Refused && error.status < 500 && error.status !== 429;
    const ended = read && error.code === "raise_only" && !look.silent;
    pin.said = ended ? whyNot(error) : read ? t("That code is not right.") : t("Not sent. Try again.");
    if (read && alert) void follow(alert); // Perhaps others have closed it meanwhile.
  } finally {
    pin.busy = false;
    form.reset();
    draw();
  }
}

const text = (fields: FormData, name: string): string => String(fields.get(name) ?? "").trim();

function tell(path: "notes" | "places", words: string, form: HTMLFormElement): void {
  if (!words) return;
  const spoken = { kind: "spoken", label: words, at: new Date(serverNow()).toISOString() };
  const near = path === "places" ? names.called(words) : undefined;
  outbox.add(path, path === "notes" ? { text: words } : near ? zone(near.id) : spoken);
  form.reset();
}

const openPin = (open: boolean): void => {
  Object.assign(pin, { open, said: "" });
  show();
  document.querySelector<HTMLElement>(open ? "#pin" : "[data-act=safe]")?.focus();
};

const turn = (page: typeof list.screen): void => {
  list.screen = page;
  pin.said = "";
  show();
  document.querySelector<HTMLElement>("#pin")?.focus();
};

acts({
  silent: () => press(true),
  again: () => press(look.silent),
  "go-silent": () => (wear(true), draw()),
  safe: () => openPin(true),
  unsafe: () => openPin(false),
  done: () => outbox.forget(),
  locate: () => fixes.ask(),
  "roll-safe": () => void rolls.safe(),
  "allow-place": () => fixes.ask(),
  "allow-push": () => void proof?.pushes.allow(),
  at: (button) => outbox.add("places", zone(button.dataset["place"] ?? "")),
  keep,
  exit: quickExit,
  cannot: () => ((page = "cannot"), show(), scrollTo(0, 0)),
  back: () => ((page = "phone"), show(), scrollTo(0, 0)),
  lists: () => turn("lists"),
  list: () => turn("list"),
  share: () => (press(true), (list.shared = true), setTimeout(() => ((list.shared = false), draw()), 2_000), draw()),
  item: () => ((list.adding = true), show(), document.querySelector<HTMLElement>("#item")?.focus()),
});
forms({
  words: (fields, form) => tell("notes", text(fields, "text"), form),
  place: (fields, form) => tell("places", text(fields, "label"), form),
  pin: (fields, form) => void safe(text(fields, "pin"), form),
  item: (fields, form) => {
    const words = text(fields, "text");
    if (words) list.own.push(words);
    if (outbox.waiting || (outbox.alert && own()?.state !== "closed")) tell("notes", words, form); // Else there is nobody whom it is for, now or later.
    list.adding = false;
    draw();
  },
});
document.addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLInputElement)) return;
  const { set, item } = target.dataset;
  if (set === "single") store("tocsin.single", (single = target.checked) ? "yes" : "no");
  if (set === "silent-place") store("tocsin.silent-place", (silentPlace = target.checked) ? "yes" : "no");
  if (set === "guise") {
    look.guise = target.value as Guise;
    disguise = disguiseOf(mark, look.guise);
    store("tocsin.guise", look.guise);
  }
  if (item) list.ticked[target.checked ? "add" : "delete"](item);
  draw();
});
document.addEventListener("toggle", show, true);
walkActs(walking, show);
hold(() => single, () => press(false));
holdTitle(wayBack);

async function meet(): Promise<void> {
  try {
    const said = await api.get<Me>("/api/v1/me");
    if (!isMe(said)) throw new Error("not ours");
    me = said;
    rolls.hear(me);
    remember(mark, me);
    speak(me.member.language);
    [knownLink, raiseOnly] = [true, false];
  } catch (error) {
    raiseOnly = error instanceof Refused && error.status === 403;
    knownLink = !(error instanceof Refused && error.status === 401) || outbox.presses.length > 0;
  }
  draw();
}

/** Nothing is open, nothing waits, and nobody is holding the disc. */
const idle = (): boolean => !walking.choosing && !walking.asking && !walking.queued && outbox.presses.length === 0 && own() === null && !look.silent && !document.querySelector(".sos[data-held]");

function begin(): void {
  void install(idle);
  if (!api.token) return;
  const keeps = stored("tocsin.token") === api.token;
  if (keeps) void kept.put("token", api.token).catch(() => undefined);
  proof?.begin(keeps);
  void meet();
  setInterval(() => void (me ?? meet()), 3_000);
  setInterval(() => void (document.hidden || meet()), FRESH_MS);
  setInterval(() => alerts?.live.now || followOwn(), 5_000);
  followOwn();
}

void painted().then(begin);
