// A wallboard: one site, as anybody who passes may see it. It asks for nothing and can do nothing.
import { ms, saying, siteName, timeOf, type Alert, type Me } from "./alert.ts";
import { Alerts } from "./alerts.ts";
import { Api, token } from "./api.ts";
import { redrawn, serverNow } from "./clock.ts";
import { acts, el, icon, patch, type Child } from "./dom.ts";
import { board, drillbar, mast, needsLink } from "./parts.ts";
import { plural, t } from "./say.ts";
import { fit, resize, sizing } from "./size.ts";
import { keepTimeOf } from "./wall.ts";
import { clock, hourAndMinute } from "./words.ts";

const MOST = 8; // Rows that fit: a wall never scrolls, nobody could.

const api = new Api(token("tocsin.wallboard"));
let me: Me | null = null;
const draw = redrawn(() => {
  document.documentElement.toggleAttribute("data-drill", loud().length > 0 && loud().every((alert) => alert.drill));
  patch(document.body, screen());
  fit();
});
const alerts = api.token ? new Alerts(api, draw) : null;

function loud(): Alert[] {
  const open = [...(alerts?.known.values() ?? [])].filter((alert) => alert.state !== "closed");
  return open.sort((a, b) => Number(a.drill ?? false) - Number(b.drill ?? false) || ms(b.raised_at) - ms(a.raised_at));
}

/** Where they were seen last; where they only meant to go is said so, and never as if somebody had seen them there. */
function where(alert: Alert): string {
  const named = (alert.places ?? []).filter((place) => place.label);
  const seen = named.find((place) => place.kind !== "planned")?.label;
  const planned = named[0]?.label;
  return seen ?? (planned ? t("{name}, planned", { name: planned }) : t("Place not known"));
}

function heading(open: Alert[]): string {
  const [newest] = open;
  if (!newest) return alerts?.loaded ? t("No alert") : t("Connecting");
  return `${newest.drill ? t("DRILL") : newest.kind === "sos" ? "SOS" : t("Alert")}: ${where(newest)}`;
}

/** A public screen is told how many come or are there, and neither who nor which of the two. */
function help(alert: Alert): { state: string; said: string } {
  const now = serverNow();
  if (saying(alert, "with_them", now).length) return { state: "with", said: t("With them") };
  const coming = alert.coming ?? saying(alert, "coming", now).length;
  return coming ? { state: "coming", said: plural("{n} coming", "{n} coming", coming) } : { state: "ringing", said: t("Ringing") };
}

function row(alert: Alert): Child {
  const { state, said } = help(alert);
  return el("li", { "data-key": alert.id }, el("strong", { class: "grow head" }, alert.drill ? `${t("DRILL")}: ` : "", where(alert)),
    el("span", { "data-state": state }, icon(state), " ", el("span", {}, said)),
    el("span", { class: "end no" }, clock(serverNow() - ms(alert.raised_at))));
}

function screen(): Child[] {
  if (!api.token || alerts?.live.refused === 401) return [mast(), el("main", {}, needsLink(Boolean(api.token)))];
  const open = loud();
  const live = alerts?.live.now ?? false;
  return [
    mast(el("span", {}, siteName(me)), sizing(), el("time", {}, hourAndMinute(serverNow()))),
    open.length && open.every((alert) => alert.drill) ? drillbar() : null, // Beside a real alert each drill says so in its row.
    live || !alerts?.loaded ? null : el("aside", { class: "band", "data-key": "stale", "data-doubt": true, "aria-label": t("Connection") },
      el("div", { role: "alert" }, el("strong", { class: "head" }, icon("failed"), " ", t("Not live")), el("p", {}, t("What stands here may be old. Trying again.")))),
    el("main", { "data-key": "main", class: "wallboard", "data-rows": Math.min(open.length, MOST) },
      el("div", { class: "band", "data-key": "head", role: "status", "data-alert": open.length > 0 }, el("h1", {}, heading(open))),
      open.length ? board("open", t("Open alerts"), null, el("ul", { class: "rows" }, open.slice(0, MOST).map(row)), open.length > MOST ? el("p", { class: "lead" }, plural("and {n} more", "and {n} more", open.length - MOST)) : null) : null),
  ];
}

if (api.token) void api.get<Me>("/api/v1/me").then((given) => { me = given; keepTimeOf(timeOf(me)); draw(); }).catch(() => undefined);
acts({ smaller: () => (resize(-1), fit()), larger: () => (resize(1), fit()) });
addEventListener("resize", fit);
