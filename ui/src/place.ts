// The place rows: one for each source, side by side, never merged, each with its age and a fix with its radius.
import { ms, type Alert, type Place } from "./alert.ts";
import { serverNow } from "./clock.ts";
import { el, icon, type Child } from "./dom.ts";
import { ago } from "./words.ts";

const sources: Record<Place["kind"], { icon: string; name: string }> = {
  planned: { icon: "route", name: "Planned" },
  zone: { icon: "zone", name: "Last zone" },
  fix: { icon: "gps", name: "GPS" },
  spoken: { icon: "message", name: "In their words" },
};
const order: Place["kind"][] = ["spoken", "zone", "fix", "planned"];

export const places = (alert: Alert): Place[] =>
  order.flatMap((kind) => {
    const of = (alert.places ?? []).filter((place) => place.kind === kind);
    return of.length ? [of.reduce((a, b) => (ms(a.at) > ms(b.at) ? a : b))] : [];
  });

function said(place: Place): string {
  if (place.kind !== "fix") return place.label || "Not known";
  const radius = typeof place.radius_m === "number" ? `Within ${Math.round(place.radius_m)} m` : "Radius not known";
  return place.label ? `${place.label}, ${radius.toLowerCase()}` : radius;
}

function point({ kind, lat, lon }: Place): string {
  return kind === "fix" && typeof lat === "number" && typeof lon === "number" ? `${lat.toFixed(5)}, ${lon.toFixed(5)}` : "";
}

export function where(alert: Alert, now = serverNow()): HTMLElement {
  const known = places(alert);
  const rows: Child[] = known.map((place) => {
    const { icon: shape, name } = sources[place.kind];
    const age = place.kind === "planned" ? `Declared ${ago(now - ms(place.at))}` : ago(now - ms(place.at));
    const spot = point(place);
    return el("div", { "data-key": place.kind, "data-place": place.kind }, icon(shape), el("dt", {}, name),
      el("dd", {}, said(place), " ", spot ? el("small", {}, spot) : null, el("small", {}, age)));
  });
  if (!known.some((place) => place.kind !== "planned")) {
    rows.push(el("div", { "data-key": "none" }, icon("unknown"), el("dt", {}, "Now"),
      el("dd", {}, el("span", { class: "tag", "data-state": "unknown" }, "Place not known"))));
  }
  return el("dl", { class: "where" }, rows);
}

/** A headline names its source. The one to read first is the newest that was not merely planned. */
export function headline(alert: Alert, now = serverNow()): Child {
  const known = places(alert);
  const real = known.filter((place) => place.kind !== "planned").sort((a, b) => ms(b.at) - ms(a.at));
  const named = real.find((place) => place.kind !== "fix") ?? real[0] ?? known[0];
  if (!named) return el("strong", {}, "Place not known.");
  return [el("strong", {}, `${said(named)}.`), ` ${sources[named.kind].name}, ${ago(now - ms(named.at))}.`];
}
