// A site's plan as the API gives it, and which of its places a report means. Nothing here draws, nothing here waits.

/** A point of a sheet whose position on the globe is known. */
export interface Known {
  x: number;
  y: number;
  lat: number;
  lon: number;
}
export interface Sheet {
  on: string; // "" is the site's own, else the place that it shows.
  name: string;
  picture: string | null;
  width: number; // Pixels of the picture; 0 for blank paper.
  height: number;
  known: Known[];
}
export type Corner = readonly [x: number, y: number];
export interface Spot {
  id: string;
  name: string;
  label?: string; // As reports say it: with what it is inside of, where its name alone would say too little.
  kind: string;
  inside: string;
  on: string | null;
  outline: Corner[];
}
export interface Plan {
  site: string;
  name: string;
  sheets: Sheet[];
  places: Spot[];
}

export const WIDE = 10_000; // Every sheet is so many units wide.
const BLANK = 7_000; // How high blank paper is.

/** What a sheet is called: after what it shows, not after the file that somebody chose. "" for the site's own. */
export const titleOf = (plan: Plan, { on, name }: Sheet): string => (on === "" ? "" : (plan.places.find(({ id }) => id === on)?.name ?? name));

export const heightOf = ({ width, height }: Sheet): number => (width > 0 && height > 0 ? (WIDE * height) / width : BLANK);

/** Is anything drawn of this site? A name in a list is no plan. */
export const isDrawn = (plan: Plan): boolean => plan.sheets.some((sheet) => sheet.picture || outlines(plan, sheet.on).length > 0);

export const outlines = (plan: Plan, on: string): Spot[] => plan.places.filter((place) => place.on === on && place.outline.length > 0);

const folded = (name: string): string => name.normalize("NFKC").toLowerCase().trim();

/** Where a name is drawn: the outlines it may mean, and whether each is the place itself or only what it is inside of. */
export interface Found {
  spots: Spot[];
  exact: boolean; // Otherwise it is somewhere in there.
  alike: number; // How many places bear this name; with more than one nobody can say which is meant.
  on: string | null; // The sheet to look at; null where nothing of it is drawn.
}

export function find(plan: Plan, label: string): Found | null {
  const said = folded(label);
  const labelled = plan.places.filter((place) => folded(place.label ?? place.name) === said);
  const alike = labelled.length ? labelled : plan.places.filter(({ name }) => folded(name) === said);
  const [only] = alike;
  if (!only) return null;
  if (alike.length > 1) {
    const spots = alike.filter(({ outline, on }) => outline.length > 0 && on !== null);
    return { spots, exact: false, alike: alike.length, on: spots[0]?.on ?? null };
  }
  return { ...nearest(plan, only), alike: 1 };
}

/** The place itself where it is drawn, else the smallest thing around it that is. */
function nearest(plan: Plan, place: Spot): Pick<Found, "spots" | "exact" | "on"> {
  const seen = new Set<string>();
  for (let at: Spot | undefined = place; at && !seen.has(at.id); at = plan.places.find(({ id }) => id === at?.inside)) {
    seen.add(at.id);
    if (at.on !== null && at.outline.length) return { spots: [at], exact: at === place, on: at.on };
    const here = at.id;
    if (plan.sheets.some(({ on }) => on === here)) return { spots: [], exact: false, on: here };
  }
  return { spots: [], exact: false, on: null };
}

/** A point well inside of an outline, for its name: on the widest stretch at half its height, or at another `part` of it. */
export function middle(outline: readonly Corner[], part = 0.5): Corner {
  const ys = outline.map(([, y]) => y);
  const y = Math.min(...ys) + (Math.max(...ys) - Math.min(...ys)) * part + 0.01; // A hair off, so that no corner lies on the line.
  const cuts = outline.flatMap(([x1, y1], place) => {
    const [x2, y2] = outline[(place + 1) % outline.length] ?? [x1, y1];
    return y1 > y === y2 > y ? [] : [x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)];
  }).sort((a, b) => a - b);
  let best: Corner = [mean(outline.map(([x]) => x)), y];
  let widest = 0;
  for (let place = 0; place + 1 < cuts.length; place += 2) {
    const [from = 0, to = 0] = [cuts[place], cuts[place + 1]];
    if (to - from > widest) [widest, best] = [to - from, [(from + to) / 2, y]];
  }
  return best;
}

const mean = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0) / Math.max(all.length, 1);
