// The names of the places of one's own site: a tap on one says where one is, without a code on a wall and without typing.
import type { Me } from "./alert.ts";
import type { Api } from "./api.ts";
import { store, stored } from "./stored.ts";

export interface Near {
  id: string;
  name: string;
}

const NAMES_MAX = 400; // More are found by typing them out.
const folded = (name: string): string => name.normalize("NFKC").toLowerCase().trim();

export class Names {
  private known: readonly Near[] = [];
  private site = "";

  constructor(private readonly api: Api, private readonly changed: () => void) {}

  /** Fetched once a site, while all is quiet: in an SOS there may be no network. */
  of(me: Me | null): readonly Near[] {
    const site = me?.site && typeof me.site !== "string" ? (me.site.id ?? "") : "";
    if (site && site !== this.site) void this.ask(site);
    return this.known;
  }

  /** What somebody typed is the name of a place: then it is a place, and not only words. */
  called(words: string): Near | undefined {
    return this.known.find(({ name }) => folded(name) === folded(words));
  }

  private async ask(site: string): Promise<void> {
    this.site = site;
    const name = `tocsin.places.${site}`;
    this.take(stored(name));
    try {
      const { places } = await this.api.get<{ places: Near[] }>(`/api/v1/sites/${encodeURIComponent(site)}/plan`);
      const names = JSON.stringify(places.slice(0, NAMES_MAX).map((place) => ({ id: place.id, name: place.name })));
      store(name, names);
      this.take(names);
    } catch {
      // None is drawn, or nobody answers: typing still says where.
    }
  }

  private take(names: string | null): void {
    try {
      const read = JSON.parse(names ?? "[]") as unknown;
      this.known = Array.isArray(read) ? (read as Near[]) : [];
    } catch {
      this.known = [];
    }
    this.changed();
  }
}
