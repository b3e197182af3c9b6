// What is to be drawn of one alert on one sheet, and what must be said because it cannot be drawn. Solid is fact, dashed
// is planned, hatched is old or not sure. No report is merged with another one: each is a mark of its own.
import { ms, type Place } from "./alert.ts";
import { Ground } from "./map-ground.ts";
import { find, heightOf, titleOf, WIDE, type Corner, type Plan, type Sheet, type Spot } from "./map-plan.ts";
import { plural, t } from "./say.ts";

const OLD_FIX_MS = 120_000; // By then a person may be 150 m further.
const FAR = 12; // Where a fix outside of the sheet is pointed at: so far from its edge, in thousandths of its width.

/** Somebody whose places are drawn. `first`: whom the page is about; the others are live beside them. */
export interface Sought {
  id: string;
  name: string;
  places: readonly Place[];
  first: boolean;
}
export interface Mark {
  key: string;
  kind: Place["kind"];
  name: string;
  first: boolean;
  hatched: boolean;
  spot: string; // The id of the place that is outlined, "" for a fix.
  outline: readonly Corner[]; // Empty for a fix.
  at: Corner; // Where its word belongs.
  radius: number | null; // Of a fix, in units; null where it is not known.
  points: number | null; // A fix outside of the sheet: the way to it, in degrees from straight up.
  age: string; // The time of the report, for its word.
}
export interface Drawn {
  marks: Mark[];
  lines: string[]; // What cannot be shown, each in a sentence.
  sheets: Map<string, boolean>; // The sheets on which something of the first is drawn, and whether as a fact.
}

/** All marks of a sheet; of the first one also what stands elsewhere or nowhere. */
export function marksOf(plan: Plan, sheet: Sheet, all: readonly Sought[], now: number): Drawn {
  const drawn: Drawn = { marks: [], lines: [], sheets: new Map() };
  for (const one of all) for (const place of one.places) put(plan, sheet, one, place, now, drawn);
  return drawn;
}

/** The sheet to look at first: that of the newest report that somebody made, then of what was planned, then the site's own. */
export function sheetOf(plan: Plan, places: readonly Place[]): Sheet | null {
  const newest = [...places].sort((a, b) => Number(a.kind === "planned") - Number(b.kind === "planned") || ms(b.at) - ms(a.at));
  const named = newest.filter(({ kind }) => kind !== "fix").map(({ label }) => (label ? find(plan, label)?.on : null));
  const on = named.find((sheet) => sheet !== null && sheet !== undefined) ?? (newest.some(({ kind }) => kind === "fix") ? grounded(plan)?.on : null);
  return plan.sheets.find((sheet) => sheet.on === on) ?? plan.sheets.find((sheet) => sheet.on === "") ?? plan.sheets[0] ?? null;
}

const sheetName = (plan: Plan, sheet: Sheet | undefined): string => (sheet && titleOf(plan, sheet)) || t("Site");
const grounded = (plan: Plan): Sheet | undefined => plan.sheets.find(({ known }) => Ground.of(known) !== null);

function put(plan: Plan, sheet: Sheet, one: Sought, place: Place, now: number, drawn: Drawn): void {
  if (typeof place.lat === "number" && typeof place.lon === "number") putFix(plan, sheet, one, place, place.lat, place.lon, now, drawn);
  else if (place.label) putNamed(plan, sheet, one, place, place.label, drawn);
}

function putNamed(plan: Plan, sheet: Sheet, one: Sought, place: Place, label: string, drawn: Drawn): void {
  const found = find(plan, label);
  const planned = place.kind === "planned";
  for (const spot of found?.spots ?? []) {
    if (one.first && spot.on !== null) drawn.sheets.set(spot.on, drawn.sheets.get(spot.on) || !planned);
    if (spot.on === sheet.on) drawn.marks.push(outlined(one, place, spot, !found?.exact));
  }
  if (one.first && found?.on && !found.spots.length) drawn.sheets.set(found.on, !planned);
  if (one.first) drawn.lines.push(...missing(plan, sheet, label, found));
}

const outlined = (one: Sought, place: Place, { id, outline }: Spot, hatched: boolean): Mark => {
  const ys = outline.map(([, y]) => y);
  const xs = outline.map(([x]) => x);
  const at: Corner = [(Math.min(...xs) + Math.max(...xs)) / 2, Math.min(...ys)];
  return { key: `${one.id}/${place.kind}/${id}`, kind: place.kind, name: one.name, first: one.first, hatched, spot: id, outline, at, radius: null, points: null, age: place.at };
};

function missing(plan: Plan, sheet: Sheet, label: string, found: ReturnType<typeof find>): string[] {
  const nameOf = (on: string): string => sheetName(plan, plan.sheets.find((one) => one.on === on));
  if (!found) return [t("\u201c{place}\u201d is no place of this plan, so it is not drawn.", { place: label })];
  if (found.alike > 1) return [plural("{n} place is called {place}. Which one is not known.", "{n} places are called {place}. Which one is not known.", found.alike, { place: label })];
  if (found.on === null) return [t("{place} is not drawn on any plan yet.", { place: label })];
  const inside = found.spots[0]?.name ?? nameOf(found.on);
  return [
    ...(found.exact ? [] : [t("{place} itself is not drawn. It is somewhere in {inside}.", { place: label, inside })]),
    ...(found.on === sheet.on ? [] : [t("{place} is on another plan: {sheet}.", { place: label, sheet: nameOf(found.on) })]),
  ];
}

function putFix(plan: Plan, sheet: Sheet, one: Sought, place: Place, lat: number, lon: number, now: number, drawn: Drawn): void {
  const ground = Ground.of(sheet.known);
  if (!ground) {
    const elsewhere = grounded(plan);
    if (one.first && elsewhere) drawn.sheets.set(elsewhere.on, true);
    if (one.first) drawn.lines.push(elsewhere ? t("GPS cannot be drawn on this plan. It is drawn on {sheet}.", { sheet: sheetName(plan, elsewhere) })
      : t("GPS cannot be drawn: nobody has said yet where on the globe this plan lies."));
    return;
  }
  const at = ground.toSheet(lat, lon);
  const radius = typeof place.radius_m === "number" ? place.radius_m / ground.metres : null;
  const out = outside(sheet, at);
  if (one.first) drawn.sheets.set(sheet.on, true);
  const mark: Mark = { key: `${one.id}/fix`, kind: "fix", name: one.name, first: one.first, hatched: now - ms(place.at) > OLD_FIX_MS || radius === null,
    spot: "", outline: [], at: out ? out.edge : at, radius, points: out ? out.way : null, age: place.at };
  drawn.marks.push(mark);
  if (!one.first) return;
  if (out) drawn.lines.push(t("GPS is outside of this plan: {n} m {way} of its middle.", { n: Math.round(out.far * ground.metres), way: compass(out.way - ground.north) }));
  if (mark.hatched && radius !== null) drawn.lines.push(t("The GPS position is old. They may be elsewhere by now."));
  if (sheet.on !== "") drawn.lines.push(t("GPS does not know the floor."));
}

/** Of a point beyond the paper: where the way to it from the middle leaves the paper, how it points, and how far it is. */
function outside(sheet: Sheet, [x, y]: Corner): { edge: Corner; way: number; far: number } | null {
  const high = heightOf(sheet);
  if (x >= 0 && x <= WIDE && y >= 0 && y <= high) return null;
  const [dx, dy] = [x - WIDE / 2, y - high / 2];
  const inset = (WIDE * FAR) / 1_000;
  const part = Math.min((WIDE / 2 - inset) / Math.abs(dx), (high / 2 - inset) / Math.abs(dy));
  return { edge: [WIDE / 2 + dx * part, high / 2 + dy * part], way: (Math.atan2(dx, -dy) * 180) / Math.PI, far: Math.hypot(dx, dy) };
}

function compass(degrees: number): string {
  const ways = [t("north"), t("north-east"), t("east"), t("south-east"), t("south"), t("south-west"), t("west"), t("north-west")];
  return ways[(Math.round(degrees / 45) + 16) % 8] ?? "";
}
