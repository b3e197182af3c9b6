// The plan of the alert that is shown: made when the first one goes live, put away when none is.
import type { Alert } from "./alert.ts";
import { PlanBoard } from "./map-board.ts";
import type { Mark, Sought } from "./map-marks.ts";
import { creditOf } from "./map-scene.ts";
import { Pictures, Plans } from "./map-store.ts";
import { places } from "./place.ts";
import { t } from "./say.ts";
import { ago, first } from "./words.ts";

export class AlertMap {
  private board: PlanBoard | null = null;

  constructor(private readonly token: string | null, private readonly changed: () => void, private readonly plans: Pick<Plans, "of"> & Partial<Plans> = new Plans(token, changed, true)) {}

  /** After the page was drawn: `all` are the live alerts, `alert` the one that is shown. */
  settle(alert: Alert | null, all: readonly Alert[], now: number): void {
    const host = alert?.site ? document.querySelector(".map-host") : null;
    if (!host || !alert?.site) return this.board?.close();
    this.board ??= new PlanBoard(new Pictures(this.token, this.changed), creditOf(document.documentElement), this.changed);
    if (this.board.root.parentElement !== host) host.replaceChildren(this.board.root);
    const beside = all.filter((one) => one.site === alert.site && one.id !== alert.id).map((one) => sought(one, false));
    this.board.show({ plan: this.plans.of(alert.site), all: [...beside, sought(alert, true)], now, over: false, room: this.plans.wasBare?.(alert.site) === false, age: (mark) => tagOf(mark, now) });
  }

  reach(): void {
    this.board?.reach();
  }
}

const sought = (alert: Alert, shown: boolean): Sought => ({ id: alert.id, name: first(alert.member?.name ?? t("Name not known")), places: places(alert), first: shown });

/** Whose, from where, how old: on the plan as in the list beside it. */
function tagOf({ name, kind, age }: Mark, now: number): string {
  if (kind === "planned") return t("{name}, planned", { name });
  const old = ago(now - Date.parse(age));
  return kind === "fix" ? t("{name}, GPS, {ago}", { name, ago: old }) : kind === "zone" ? t("{name}, last zone, {ago}", { name, ago: old }) : t("{name}, in their words, {ago}", { name, ago: old });
}
