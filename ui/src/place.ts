// The place rows: one for each source, side by side, never merged, each with its age and a fix with its radius.
import { ms, type Alert, type Place } from "./alert.ts";
import { serverNow } from "./clock.ts";
import { el, icon, type Child } from "./dom.ts";
import { t, words, type Words } from "./say.ts";
import { ago } from "./words.ts";

const sources: Record<Place["kind"], { icon: string; name: Words }> = {
  planned: { icon: "route", name: words("Planned") },
  zone: { icon: "zone", name: words("Last zone") },
  fix: { icon: "gps", name: words("GPS") },
  spoken: { icon: "message", name: words("In their words") },
};
const order: Place["kind"][] = ["spoken", "zone", "fix", "planned"];

export const places = (alert: Alert): Place[] =>
  order.flatMap((kind) => {
    const of = (alert.places ?? []).filter((place) => place.kind === kind);
    return of.length ? [of.reduce((a, b) => (ms(a.at) > ms(b.at) ? a : b))] : [];
  });

function said(place: Place): string {
  if (place.kind !== "fix") return place.label || t("Not known");
  const n = typeof place.radius_m === "number" ? Math.round(place.radius_m) : null;
  if (place.label) return n === null ? t("{label}, radius not known", { label: place.label }) : t("{label}, within {n} m", { label: place.label, n });
  return n === null ? t("Radius not known") : t("Within {n} m", { n });
}

function point({ kind, lat, lon }: Place): string {
  return kind === "fix" && typeof lat === "number" && typeof lon === "number" ? `${lat.toFixed(5)}, ${lon.toFixed(5)}` : "";
}

export function where(alert: Alert, now = serverNow()): HTMLElement {
  const known = places(alert);
  const rows: Child[] = known.map((place) => {
    const { icon: shape, name } = sources[place.kind];
    const age = place.kind === "planned" ? t("Declared {ago}", { ago: ago(now - ms(place.at)) }) : ago(now - ms(place.at));
    const spot = point(place);
    return el("div", { "data-key": place.kind, "data-place": place.kind }, icon(shape), el("dt", {}, t(name)),
      el("dd", {}, said(place), " ", spot ? el("small", {}, spot) : null, el("small", {}, age)));
  });
  if (!known.some((place) => place.kind !== "planned")) {
    rows.push(el("div", { "data-key": "none" }, icon("unknown"), el("dt", {}, t("Now")),
      el("dd", {}, el("span", { class: "tag", "data-state": "unknown" }, t("Place not known")))));
  }
  return el("dl", { class: "where pair" }, rows);
}

/** A headline names its source. The one to read first is the newest that was not merely planned. */
export function headline(alert: Alert, now = serverNow()): Child {
  const known = places(alert);
  const real = known.filter((place) => place.kind !== "planned").sort((a, b) => ms(b.at) - ms(a.at));
  const named = real.find((place) => place.kind !== "fix") ?? real[0] ?? known[0];
  if (!named) return el("strong", {}, `${t("Place not known")}.`);
  return [el("strong", {}, `${said(named)}.`), ` ${t(sources[named.kind].name)}, ${ago(now - ms(named.at))}.`];
}
