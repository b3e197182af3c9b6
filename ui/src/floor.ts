// What each duty does, to be read aloud by whoever runs the alert; of a silent one it is shown and never read aloud.
import type { Alert } from "./alert.ts";
import { el, icon, type Child } from "./dom.ts";
import { t, weave, words, type Words } from "./say.ts";
import { first, say } from "./words.ts";

const duties: Record<string, Words> = {
  dispatcher: words("Dispatcher"), door: words("At a door"), camera: words("At a camera"), buddy: words("On the line with them"),
  clinical: words("Clinical"), everyone: words("Everybody else"),
};

export const floorTitle = (alert: Alert): string => (alert.silent ? t("Tell them one by one") : t("Say on the floor"));

export function floor(alert: Alert): Child {
  const name = alert.member?.name ?? t("Name not known");
  return [
    alert.silent ? el("p", { class: "note", "data-doubt": true }, icon("unknown"), " ", t("Silent: whoever threatens them may hear. Do not read this aloud.")) : null,
    alert.scripts?.length ? el("dl", { class: "facts floor" }, alert.scripts.map(({ duty, text }) =>
      el("div", { "data-duty": duty }, el("dt", {}, say(duties, duty)), el("dd", { class: duty === "everyone" ? "strong" : null }, text))))
      : always(alert, name),
  ];
}

/** Of a server that does not say what the duties do: what holds for everybody. */
function always(alert: Alert, name: string): Child {
  const not = (shape: string, said: Child): Child => el("li", { "data-not": true }, icon(shape), el("span", {}, said));
  const never = (): Child => el("b", {}, t("Do not"));
  if (alert.drill) return el("ol", { class: "do calm" }, el("li", {}, el("span", {}, t("Only answer. It is practice."))), not("nophone", weave("{never} call anybody.", { never: never() })));
  return el("ol", { class: "do calm" }, not("nocross", weave("{never} go out. Move inside.", { never: never() })),
    not("nophone", weave("{never} call {name}'s phone.", { never: never(), name: alert.member?.id ? first(name) : name })));
}
