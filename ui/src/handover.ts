// Who runs the alert, and how it passes to the next shift with what is not done yet. To run it gives no power.
import { may, ms, type Alert, type Me } from "./alert.ts";
import { el, icon, type Child } from "./dom.ts";
import { t, words, type Words } from "./say.ts";
import { ago, say } from "./words.ts";

const LATE_MS = 60_000; // From then on a handover that nobody took is shown as something not to rely on.

const undone: Record<string, Words> = {
  nobody_with_them: words("Nobody is with them"),
  too_few_coming: words("Too few are on their way"),
  place_not_known: words("Their place is not known"),
  police_not_called: words("No police call recorded"),
  somebody_not_reached: words("Somebody was not reached"),
  helper_silent: words("A helper fell silent"),
  close_proposed: words("A close waits for a second person"),
  says_safe: words("Their code says safe: see them face to face"),
  under_duress: words("Under duress"),
};

export function running(me: Me | null, now: number, busy: boolean, alert: Alert): Child {
  return el("div", { class: "stack tight", "data-key": alert.id }, who(alert), asked(me, now, busy, alert), open(alert), form(alert),
    may(alert, "handover/take") && !mine(me, alert) && !alert.run_by && alert.you?.may
      ? el("button", { type: "button", "data-act": "take", "aria-disabled": busy && "true" }, t("I run it")) : null);
}

const who = ({ run_by }: Alert): Child => run_by ? el("p", { class: "lead" }, t("{name} runs it.", { name: run_by.name }))
  : el("p", {}, el("span", { class: "tag", "data-state": "unknown" }, icon("unknown"), " ", t("Nobody runs it")));

const mine = (me: Me | null, { handover }: Alert): boolean => handover?.to.id === me?.member.id && Boolean(handover);

function asked(me: Me | null, now: number, busy: boolean, alert: Alert): Child {
  const { handover } = alert;
  if (!handover) return null;
  const age = now - ms(handover.at);
  const late = age > LATE_MS;
  return el("div", { class: "note", "data-key": "handover", "data-doubt": late },
    el("div", { class: "grow" },
      el("p", { role: "status" }, el("strong", {}, mine(me, alert) ? t("{by} hands it to you.", { by: handover.by.name }) : t("{by} hands it to {to}.", { by: handover.by.name, to: handover.to.name }))),
      el("p", { class: "small" }, late ? t("Not taken. Asked {ago}.", { ago: ago(age) }) : t("Asked {ago}.", { ago: ago(age) })),
      handover.text ? el("p", {}, `\u201c${handover.text}\u201d`) : null),
    mine(me, alert) ? el("button", { class: "go", type: "button", "data-act": "take", "aria-disabled": busy && "true" }, icon("sent"), " ", t("I have it")) : null);
}

function open({ still_open }: Alert): Child {
  return still_open?.length ? [el("h3", { class: "small" }, t("Not done yet")),
    el("ul", { class: "rows close" }, still_open.map((what) => el("li", { "data-open": what }, icon("unknown"), el("span", {}, say(undone, what)))))] : null;
}

function form({ can_take, ...alert }: Alert): Child {
  if (!may(alert, "handover") || !can_take?.length) return null;
  return el("details", { "data-key": "handover-form" }, el("summary", {}, icon("two"), " ", t("Hand it over")),
    el("form", { class: "stack tight", "data-form": "handover" },
      el("div", { class: "ask" }, el("label", { for: "handover-to" }, t("To whom")), el("select", { id: "handover-to", name: "to" }, can_take.map(({ id, name }) => el("option", { value: id }, name)))),
      el("div", { class: "ask" }, el("label", { for: "handover-text" }, t("What they must know")), el("input", { id: "handover-text", name: "text", type: "text", maxlength: 1600, autocomplete: "off" })),
      el("p", { class: "small" }, t("They are rung. Until they say that they have it, nothing changes.")),
      el("button", { type: "submit" }, t("Hand it over"))));
}
