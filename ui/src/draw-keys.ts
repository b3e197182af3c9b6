// Everything by keyboard, while the table has the focus: the arrows move the cross, Enter sets a corner, F closes.
import { aimed, back, dropped, pressed, stepped } from "./draw-machine.ts";
import { following } from "./draw-shape.ts";
import type { Table } from "./draw-table.ts";
import { t } from "./say.ts";

const STEPS = 100; // Across what is in sight.
const REACH_PX = 12;
const FAR = 10; // With Shift.
type Act = (table: Table, event: KeyboardEvent) => void;

const arrow = (dx: number, dy: number): Act => (table, { shiftKey }) => {
  const step = Math.max(1, Math.round(table.view.w / STEPS)) * (shiftKey ? FAR : 1);
  table.go(aimed(table.d, [table.d.at[0] + dx * step, table.d.at[1] + dy * step]));
  table.look(following(table.view, table.d.at, table.height));
  table.say(table.d.held >= 0 ? t("Corner {n}: {here}", { n: table.d.held + 1, here: table.here }) : table.here);
};

const enter: Act = (table) => {
  const before = table.d;
  table.go(pressed(before, REACH_PX * table.unit));
  const { d, here } = table;
  if (before.held >= 0) table.say(t("Corner {n} put down: {here}.", { n: before.held + 1, here }));
  else if (d.held >= 0) table.say(t("Corner {n} in hand. Move it, then press Enter.", { n: d.held + 1 }));
  else if (d.corners.length > before.corners.length) table.say(t("Corner {n} set: {here}.", { n: d.corners.length, here }));
  else if (d.closed && !before.closed) table.say(t("Closed: {count}.", { count: table.count() }));
  else table.say(t("No corner here: {here}.", { here }));
};

const step = (by: 1 | -1): Act => (table) => {
  table.turn(stepped(table.d, by), () => t("Corner {n}: {here}", { n: table.d.chosen + 1, here: table.here }));
};

const takeBack: Act = (table) => {
  const before = table.d.corners.length;
  table.turn(back(table.d), () => (table.d.corners.length < before
    ? t("Taken out. {count} left.", { count: table.count() }) : t("Open again: {count}.", { count: table.count() })));
};

const tool = (name: string): Act => (table) => table.acts[name]?.();

const KEYS: Readonly<Record<string, Act>> = {
  ArrowLeft: arrow(-1, 0), ArrowRight: arrow(1, 0), ArrowUp: arrow(0, -1), ArrowDown: arrow(0, 1),
  Enter: enter, " ": enter, Backspace: takeBack, Delete: tool("out"), f: tool("close"), n: step(1), p: step(-1),
  z: tool("undo"), y: tool("redo"), "+": tool("nearer"), "=": tool("nearer"), "-": tool("farther"), "0": tool("whole"),
  Escape: (table) => table.turn(dropped(table.d), () => t("Let go.")),
};

function actOf(event: KeyboardEvent): Act | undefined {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.altKey || ((event.ctrlKey || event.metaKey) && key !== "z" && key !== "y")) return undefined;
  return key === "z" && event.shiftKey ? KEYS["y"] : KEYS[key];
}

export function byKeyboard(table: Table): void {
  table.svg.addEventListener("keydown", (event) => {
    const act = actOf(event);
    if (!act) return;
    event.preventDefault();
    table.aims = true;
    act(table, event);
  });
}
