// A desk: a workstation at a fixed place. Whoever sits there holds the disc, or the space bar, for a second.
import { newest, runs, saying, type Alert, type Me } from "./alert.ts";
import { Alerts } from "./alerts.ts";
import { Api, token } from "./api.ts";
import { redrawn, serverNow } from "./clock.ts";
import { el, icon, patch, type Child } from "./dom.ts";
import { hold, spaceAnywhere } from "./hold.ts";
import { mast, needsLink } from "./parts.ts";
import { DOUBT_MS, Outbox } from "./press.ts";
import { plural, t } from "./say.ts";
import { first } from "./words.ts";

const CLOSED_SHOWN_MS = 300_000;
const api = new Api(token("tocsin.desk"));
let me: Me | null = null;
const draw = redrawn(() => patch(document.body, screen()));
const alerts = api.token ? new Alerts(api, draw) : null;
const outbox = new Outbox(api, draw, (alert) => {
  if (alert) void alerts?.look(alert).catch(() => undefined);
});

interface Said {
  words: string;
  state: string;
  shape: string;
}

function own(): Alert | null {
  const found = outbox.alert ? (alerts?.known.get(outbox.alert) ?? null) : null;
  const over = found?.closed_at ? serverNow() - Date.parse(found.closed_at) > CLOSED_SHOWN_MS : false;
  if (over) outbox.forget();
  return over ? null : found;
}

/** The state in the corner: the truth in a few words, the worst first. */
function corner(): Said {
  const waiting = outbox.waiting;
  if (waiting?.failed === "not_enrolled") return { words: t("Not sent. This desk is not set up. Call."), state: "failed", shape: "failed" };
  if (waiting && (waiting.failed || Date.now() - waiting.at > DOUBT_MS)) return { words: t("Not sent. Trying again. Call if you can."), state: "failed", shape: "failed" };
  if (waiting) return { words: t("Sending"), state: "waiting", shape: "wait" };
  const alert = own();
  if (alert) return of(alert);
  if (outbox.alert || outbox.presses.length) return { words: t("Received"), state: "sent", shape: "sent" };
  return alerts?.live.now ? { words: t("Ready"), state: "proven", shape: "sent" } : { words: t("Not live. A press is still tried."), state: "unknown", shape: "unknown" };
}

function of(alert: Alert): Said {
  const now = serverNow();
  const [near] = saying(alert, "with_them", now);
  const [coming] = saying(alert, "coming", now);
  if (alert.state === "closed") return { words: t("Closed"), state: "done", shape: "sent" };
  if (near) return { words: t("{name} is with you", { name: first(near.member.name) }), state: "with", shape: "with" };
  if (coming) return { words: t("{name} is coming", { name: first(coming.member.name) }), state: "coming", shape: "coming" };
  if (newest(alert).some((answer) => answer.answer === "seen" && runs(answer, now))) return { words: t("Seen"), state: "seen", shape: "seen" };
  return { words: alert.people_rung ? plural("Ringing {n} person", "Ringing {n} people", alert.people_rung) : t("Sent"), state: "ringing", shape: "ringing" };
}

function screen(): Child[] {
  if (!api.token || alerts?.live.refused === 401) return [mast(), el("main", {}, needsLink(Boolean(api.token)))];
  const said = corner();
  return [
    mast(el("span", {}, me?.member.name ?? t("Desk")), el("strong", { role: "status", "data-state": said.state }, icon(said.shape), " ", el("span", {}, said.words))),
    el("main", { "data-key": "main" },
      el("h1", {}, said.words),
      el("section", { "data-key": "sos", "aria-labelledby": "sos-h" },
        el("h2", { id: "sos-h", class: "sr" }, t("Call for help")),
        el("button", { class: "sos", type: "button", autofocus: true, "aria-describedby": "sos-how", "data-key": "disc" },
          el("b", {}, "SOS"), el("span", {}, t("Hold for 1 second"))),
        el("p", { id: "sos-how", class: "mid" }, t("Hold the disc, or hold down the space bar, for one second. It calls help to this desk.")))),
  ];
}

hold(() => false, () => outbox.press(false));
spaceAnywhere();
if (api.token) void api.get<Me>("/api/v1/me").then((given) => { me = given; draw(); }).catch(() => undefined);
