// The console: chooses the alert to show, and does what its buttons say.
import { ms, type Alert, type Me } from "./alert.ts";
import { Alerts } from "./alerts.ts";
import { Api, Refused, token, whyNot } from "./api.ts";
import { redrawn, serverNow } from "./clock.ts";
import { screen, type Watch } from "./console-view.ts";
import { acts, el, forms, patch } from "./dom.ts";
import { mast, needsLink } from "./parts.ts";

const api = new Api(token());
let me: Me | null = null;
let knownLink = true;
let chosen: string | null = null;
const put = new Set<string>();
let said = "";
let busy = false;

const draw = redrawn(() => {
  if (!api.token || !knownLink) {
    patch(document.body, mast(), el("main", {}, el("section", { class: "stack" }, needsLink(api.token !== null))));
    return;
  }
  const now = watch();
  const { alert } = now;
  document.documentElement.toggleAttribute("data-drill", Boolean(alert?.drill));
  document.title = alert ? `${alert.drill ? "DRILL" : "LIVE"}: ${alert.member?.name ?? "SOS"} - Tocsin watch` : "Watch - Tocsin";
  patch(document.body, screen(now));
});
const alerts = api.token ? new Alerts(api, draw) : null;

/** Real alerts before drills, which are not even offered beside them; the newest first. */
function open(): Alert[] {
  const all = [...(alerts?.known.values() ?? [])].filter(({ state }) => state !== "closed");
  const real = all.filter(({ drill }) => !drill);
  return (real.length ? real : all).sort((a, b) => ms(b.raised_at) - ms(a.raised_at));
}

function watch(): Watch {
  const list = open();
  return {
    me, said, busy, alerts: list,
    strangers: [...(alerts?.strangers.values() ?? [])].filter(({ id }) => !put.has(id)),
    known: [...(alerts?.known.values() ?? [])],
    alert: list.find(({ id }) => id === chosen) ?? list[0] ?? null,
    loaded: alerts?.loaded ?? false,
    live: alerts?.live.now ?? false,
    silence: alerts?.live.silence ?? Infinity,
    now: serverNow(),
  };
}

async function act(path: string, body: unknown, form?: HTMLFormElement): Promise<void> {
  const { alert } = watch();
  if (!alert || busy) return;
  [busy, said] = [true, ""];
  draw();
  try {
    await api.post(`/api/v1/alerts/${alert.id}/${path}`, body);
    form?.reset();
    form?.closest("details")?.removeAttribute("open");
    await alerts?.look(alert.id);
  } catch (error) {
    said = `Not done. ${whyNot(error)}`;
  } finally {
    busy = false;
    draw();
  }
}

const text = (fields: FormData, name: string): string => String(fields.get(name) ?? "").trim();

acts({
  choose: ({ dataset }) => ((chosen = dataset["id"] ?? null), (said = ""), draw()),
  "put-away": ({ dataset }) => (put.add(dataset["id"] ?? ""), draw()),
  climb: () => void act("climb", {}),
  confirm: () => void act("close/confirm", {}),
  object: () => void act("close/object", {}),
});
forms({
  note: (fields, form) => text(fields, "text") && void act("notes", { text: text(fields, "text") }, form),
  police: (fields, form) => void act("police", { who: text(fields, "who"), number: text(fields, "number"), at: new Date(serverNow()).toISOString() }, form),
  close: (fields, form) => {
    const note = text(fields, "note");
    void act("close", { outcome: text(fields, "outcome"), ...(note ? { note } : {}) }, form);
  },
});

async function meet(): Promise<void> {
  try {
    me = await api.get<Me>("/api/v1/me");
    knownLink = true;
  } catch (error) {
    knownLink = !(error instanceof Refused && error.status === 401);
  }
  draw();
}

if (api.token) {
  void meet();
  setInterval(() => void meet(), 15_000);
}
