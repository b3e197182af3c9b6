// The ladder of what is known: sent, received, ringing, coming, with you. Steps ahead are dashed.
import { ms, newest, runs, saying, type Alert, type Answer } from "./alert.ts";
import { el, icon } from "./dom.ts";
import type { Press } from "./press.ts";
import { ago, at, count, first, list } from "./words.ts";

interface Step {
  key: string;
  icon: string;
  title: string;
  small?: string | undefined;
  time?: number | undefined;
  now?: boolean;
  next?: boolean;
  tone?: "move" | "sure" | "doubt";
  turning?: boolean;
}

function step({ key, icon: shape, title, small, time, now, next, tone, turning }: Step): HTMLElement {
  return el("li", { "data-key": key, "data-step": key, "data-now": now, "data-next": next, "data-tone": tone },
    el("span", { class: "dot" }, icon(shape, turning ? "spin" : "")),
    el("div", {}, title, small ? el("small", { class: "block" }, small) : null),
    time === undefined ? null : el("time", { datetime: new Date(time).toISOString() }, at(time)));
}

export const rungs = (steps: readonly Step[]): HTMLElement => el("ol", { class: "ladder" }, steps.map(step));

/** Before the server has it: every try is shown, nothing is called sent. */
export function tries(press: Press, doubtful: boolean, skew: number): HTMLElement {
  const why = { no_connection: "No answer from the server", refused: "The server could not take it", not_enrolled: "This phone is not known to the server", "": "" };
  const steps: Step[] = [{ key: "pressed", icon: "sent", title: "You pressed SOS", time: press.at + skew }];
  if (press.failed) {
    steps.push({ key: "tried", icon: "failed", title: why[press.failed], small: count(press.tries, "try", "tries"), tone: "doubt" });
  }
  steps.push({ key: "sending", icon: "wait", title: doubtful ? "Trying again every 2 seconds" : "Sending", turning: true, next: true,
    small: doubtful ? "It does not stop until it is sent." : undefined });
  steps.push({ key: "sent", icon: "sent", title: "Sent", next: true });
  return rungs(steps);
}

/** The worker's own alert, as far as the server tells. */
export function told(press: Press | undefined, alert: Alert | null, now: number, skew: number): HTMLElement {
  const raised = alert ? ms(alert.raised_at) : press?.taken ? press.taken + skew : now;
  const steps: Step[] = [
    { key: "sent", icon: "sent", title: "Sent", time: press ? Math.min(press.at + skew, raised) : raised },
    { key: "received", icon: "sent", title: "Received", time: raised, small: placed(alert) },
  ];
  if (!alert) return rungs([...steps, ringingAhead]);
  const people = alert.people_rung ?? 0;
  if (!people) return rungs([...steps, ringingAhead]);
  steps.push({ key: "ringing", icon: "ringing", title: `Ringing ${count(people, "person", "people")}`, small: heard(alert, now) });
  const withYou = saying(alert, "with_them", now);
  const coming = saying(alert, "coming", now);
  if (coming.length || !withYou.length) steps.push(comingStep(alert, coming, withYou.length > 0, now));
  steps.push(withStep(withYou, coming));
  return rungs(steps);
}

const ringingAhead: Step = { key: "ringing", icon: "ringing", title: "Ringing your colleagues", next: true };

function placed(alert: Alert | null): string | undefined {
  const places = (alert?.places ?? []).filter((place) => place.kind !== "planned");
  return places.length ? "Your place is with it" : undefined;
}

function heard(alert: Alert, now: number): string | undefined {
  const answers = newest(alert);
  const seen = answers.length;
  if (!seen) return undefined;
  const coming = saying(alert, "coming", now).length;
  const cannot = answers.filter((answer) => answer.answer === "cannot").length;
  const parts = [`${seen} ${seen === 1 ? "has" : "have"} answered.`];
  if (coming) parts.push(`${coming} ${coming === 1 ? "is" : "are"} coming.`);
  if (cannot) parts.push(`${cannot} cannot.`);
  return parts.join(" ");
}

const names = (answers: readonly Answer[]): string => list(answers.map((answer) => first(answer.member.name)));
const are = (answers: readonly Answer[]): string => (answers.length === 1 ? "is" : "are");

function comingStep(alert: Alert, coming: Answer[], helped: boolean, now: number): Step {
  const latest = coming.at(-1);
  if (latest) {
    return { key: "coming", icon: "coming", title: `${names(coming)} ${are(coming)} coming`, time: ms(latest.at), tone: "move", now: !helped };
  }
  const silent = newest(alert).filter((answer) => answer.answer === "coming" && !runs(answer, now));
  const last = silent[0];
  if (!last) return { key: "coming", icon: "coming", title: "Somebody is coming", small: "Not yet", next: true };
  return { key: "coming", icon: "unknown", title: `${names(silent)} said coming`, small: `${ago(now - ms(last.at))}. No word since. Asked again.`, tone: "doubt" };
}

function withStep(withYou: Answer[], coming: Answer[]): Step {
  const latest = withYou.at(-1);
  if (latest) return { key: "with", icon: "with", title: `${names(withYou)} ${are(withYou)} with you`, time: ms(latest.at), tone: "sure", now: true };
  const who = coming[0] ? first(coming[0].member.name) : "Somebody";
  return { key: "with", icon: "with", title: `${who} is with you`, small: "Not yet", next: true };
}
