// What is pressed and typed on the screens of a walk.
import { serverNow } from "./clock.ts";
import { acts, forms } from "./dom.ts";
import { choiceOf } from "./walk-view.ts";
import type { Asked, Walking } from "./walk.ts";

/** `draw` at once: what is focused next must be there. */
export function walkActs(walking: Walking, draw: () => void): void {
  const focus = (what: string): void => document.querySelector<HTMLElement>(what)?.focus();
  const asked = (): void => {
    draw();
    if (walking.asking) focus("#walk-pin");
  };
  const say = (what: Asked): void => (void walking.act(what).then(asked), asked());
  acts({
    "walk-choose": () => (walking.choose(), draw(), focus("[name=destination]:checked")),
    "walk-back": () => ((walking.choosing = false), draw()),
    "walk-go": () => void walking.start(walking.choice),
    "walk-home": () => walking.again() || say({ act: "home" }),
    "walk-cancel": () => say({ act: "cancel" }),
    "walk-code": () => (walking.ask({ act: "home" }), asked()),
    "walk-longer": ({ dataset }) => say({ act: "extend", minutes: Number(dataset["minutes"]) }),
    "walk-unask": () => (walking.ask(null), draw(), focus("[data-act=walk-home]")),
    "walk-at": ({ dataset }) => void walking.place({ kind: "zone", place: dataset["place"] ?? "", at: new Date(serverNow()).toISOString() }),
    "walk-done": () => walking.putAway(),
    "minded-done": ({ dataset }) => (walking.minded.putAway(dataset["walkId"] ?? ""), draw()),
  });
  forms({
    "walk-start": (fields) => void walking.begin(choiceOf(fields)).then(() => walking.stranger && focus("#walk-buddy")),
    "walk-pin": (fields, form) => (walking.typed(String(fields.get("pin") ?? "")), form.reset()),
  });
  // Buttons and field are one number: the last one touched counts.
  document.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    if (target.id === "walk-buddy") void walking.buddies.typed(target.value);
    const field = document.querySelector<HTMLInputElement>("#walk-minutes");
    if ("quick" in target.dataset && field) field.value = target.value;
    if (target === field) document.querySelectorAll<HTMLInputElement>("[data-quick]").forEach((key) => (key.checked = key.value === target.value));
  });
}
