// The plan in the record of an alert: what the server has put on the page for this reader, and nothing that it has not. All
// is over, so nothing is red, and a report has the time at which it came instead of an age.
import type { Alert, Place } from "./alert.ts";
import { PlanBoard } from "./map-board.ts";
import type { Mark } from "./map-marks.ts";
import { creditOf } from "./map-scene.ts";
import { Pictures, Plans } from "./map-store.ts";
import { places as newest } from "./place.ts";
import { t } from "./say.ts";
import { first } from "./words.ts";

const LOOK_MS = 5_000; // How often a plan that could not be fetched is asked for again.

function begin(host: HTMLElement): void {
  const { site = "", name = "", ended = "" } = host.dataset;
  const places = JSON.parse(host.dataset["places"] ?? "[]") as (Place & { time: string })[];
  const shown = newest({ places } as unknown as Alert);
  const plans = new Plans(null, () => draw());
  const board = new PlanBoard(new Pictures(null, () => draw()), creditOf(host), () => draw());
  host.replaceChildren(board.root);
  const draw = (): void => board.show({
    plan: plans.of(site), all: [{ id: site, name: first(name), places: shown, first: true }], now: Date.parse(ended), over: true,
    age: (mark) => tagOf(mark, places.find(({ at }) => at === mark.age)?.time ?? ""),
  });
  draw();
  setInterval(draw, LOOK_MS);
}

const tagOf = ({ name, kind }: Mark, time: string): string =>
  kind === "planned" ? t("{name}, planned", { name }) : kind === "fix" ? t("{name}, GPS, {time}", { name, time }) : kind === "zone" ? t("{name}, last zone, {time}", { name, time }) : t("{name}, in their words, {time}", { name, time });

const host = document.querySelector<HTMLElement>(".map-host");
if (host) begin(host);
