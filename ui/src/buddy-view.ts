// The field in which a buddy is named, and what a buddy is shown of the walks that they mind.
import { ms } from "./alert.ts";
import type { Buddies, Minded } from "./buddies.ts";
import { el, icon, type Child } from "./dom.ts";
import { board } from "./parts.ts";
import { t, words, type Words } from "./say.ts";
import { states, whither } from "./walks.ts";
import { hourAndMinute, say } from "./words.ts";

/** A name that is typed finds; left empty, nobody is the buddy. What is wrong stands above: below is the foot of the window. */
export function field(buddies: Buddies, chosen: string | undefined, unknown: boolean): Child {
  const all = buddies.all;
  if (!all.length) return null;
  const label = all.find(({ id }) => id === chosen)?.label ?? "";
  return el("div", { class: "ask", "data-key": `buddy-${label}` },
    el("label", { for: "walk-buddy" }, t("Buddy")),
    el("p", { id: "walk-buddy-said", role: "alert", "data-tone": "doubt-text" }, unknown ? t("No colleague, or more than one, has that name. Choose one of the list, or leave it empty.") : null),
    el("input", { id: "walk-buddy", name: "buddy", type: "text", list: "walk-buddies", maxlength: 200, autocomplete: "off", value: label, placeholder: t("nobody"), "aria-describedby": "walk-buddy-said", "aria-invalid": unknown && "true" }),
    el("datalist", { id: "walk-buddies" }, all.map((one) => el("option", { value: one.label, "data-key": one.id }))));
}

const CALL = words("Call them, and stay on the line until they are there.");
const STAY = words("Stay on the line. If not on it, do not call."); // A telephone that rings may give them away.
const asked: Record<string, Words> = { out: CALL, reminded: CALL };

/** Null: nobody counts on you just now. */
export function mindedBoard(minded: Minded): Child {
  const all = minded.now;
  if (!all.length) return null;
  return board("minded", t("You are the buddy"), null, el("ul", { class: "rows minded" }, all.map((walk) => {
    const known = states[walk.state];
    const where = [walk.destination ? say(whither, walk.destination) : "", walk.bay ?? "", walk.way ?? ""].filter(Boolean).join(", ");
    return el("li", { "data-key": walk.id, "data-minded": walk.state },
      el("div", { class: "grow" }, el("strong", {}, walk.member.name),
        where ? el("small", { class: "block" }, where) : null,
        el("small", { class: "block" }, el("span", { "data-state": known?.state ?? "unknown" }, icon(known?.icon ?? "bell"), ` ${known ? t(known.word) : t("An alert was raised")}`)),
        el("p", { role: "status" }, t(asked[walk.state] ?? STAY)),
        walk.state === "raised" ? el("p", { class: "after" }, el("button", { type: "button", "data-act": "minded-done", "data-walk-id": walk.id }, t("Put it away"))) : null),
      el("span", { class: "end" }, el("small", {}, t("by {time}", { time: hourAndMinute(ms(walk.due_at)) }))));
  })));
}
