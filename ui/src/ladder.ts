// The ladder of what is known: sent, received, ringing, coming, with you. Steps ahead are dashed.
import { ms, newest, runs, saying, type Alert, type Answer } from "./alert.ts";
import { el, icon } from "./dom.ts";
import type { Press } from "./press.ts";
import { plural, t } from "./say.ts";
import { ago, at, first, list, sentence } from "./words.ts";

export interface Step {
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
  const why = { no_connection: t("No answer from the server"), refused: t("The server could not take it"), not_enrolled: t("This phone is not known to the server"), "": "" };
  const steps: Step[] = [{ key: "pressed", icon: "sent", title: t("You pressed SOS"), time: press.at + skew }];
  if (press.failed) {
    steps.push({ key: "tried", icon: "failed", title: why[press.failed], small: plural("{n} try", "{n} tries", press.tries), tone: "doubt" });
  }
  steps.push({ key: "sending", icon: "wait", title: doubtful ? t("Trying again every 2 seconds") : t("Sending"), turning: true, next: true,
    small: doubtful ? t("It does not stop until it is sent.") : undefined });
  steps.push({ key: "sent", icon: "sent", title: t("Sent"), next: true });
  return rungs(steps);
}

/** The worker's own alert, as far as the server tells. */
export function told(press: Press | undefined, alert: Alert | null, now: number, skew: number): HTMLElement {
  const raised = alert ? ms(alert.raised_at) : press?.taken ? press.taken + skew : now;
  const steps: Step[] = [
    { key: "sent", icon: "sent", title: t("Sent"), time: press ? Math.min(press.at + skew, raised) : raised },
    { key: "received", icon: "sent", title: t("Received"), time: raised, small: placed(alert) },
  ];
  if (!alert) return rungs([...steps, ringingAhead()]);
  const people = alert.people_rung ?? 0;
  if (!people) return rungs([...steps, ringingAhead()]);
  steps.push({ key: "ringing", icon: "ringing", title: plural("Ringing {n} person", "Ringing {n} people", people), small: heard(alert, now) });
  const withYou = saying(alert, "with_them", now);
  const coming = saying(alert, "coming", now);
  if (coming.length || !withYou.length) steps.push(comingStep(alert, coming, withYou.length > 0, now));
  steps.push(withStep(withYou, coming));
  return rungs(steps);
}

const ringingAhead = (): Step => ({ key: "ringing", icon: "ringing", title: t("Ringing your colleagues"), next: true });

function placed(alert: Alert | null): string | undefined {
  const places = (alert?.places ?? []).filter((place) => place.kind !== "planned");
  return places.length ? t("Your place is with it") : undefined;
}

function heard(alert: Alert, now: number): string | undefined {
  const answers = newest(alert);
  const seen = answers.length;
  if (!seen) return undefined;
  const coming = saying(alert, "coming", now).length;
  const cannot = answers.filter((answer) => answer.answer === "cannot").length;
  const parts = [plural("{n} has answered.", "{n} have answered.", seen)];
  if (coming) parts.push(plural("{n} is coming.", "{n} are coming.", coming));
  if (cannot) parts.push(plural("{n} cannot.", "{n} cannot.", cannot));
  return parts.join(" ");
}

const names = (answers: readonly Answer[]): string => list(answers.map((answer) => first(answer.member.name)));

function comingStep(alert: Alert, coming: Answer[], helped: boolean, now: number): Step {
  const latest = coming.at(-1);
  if (latest) {
    return { key: "coming", icon: "coming", title: plural("{names} is coming", "{names} are coming", coming.length, { names: names(coming) }), time: ms(latest.at), tone: "move", now: !helped };
  }
  const silent = newest(alert).filter((answer) => answer.answer === "coming" && !runs(answer, now));
  const last = silent[0];
  if (!last) return { key: "coming", icon: "coming", title: t("Somebody is coming"), small: t("Not yet"), next: true };
  return { key: "coming", icon: "unknown", title: plural("{names} said coming", "{names} said coming", silent.length, { names: names(silent) }), small: `${sentence(ago(now - ms(last.at)))} ${t("No word since. Asked again.")}`, tone: "doubt" };
}

function withStep(withYou: Answer[], coming: Answer[]): Step {
  const latest = withYou.at(-1);
  if (latest) return { key: "with", icon: "with", title: plural("{names} is with you", "{names} are with you", withYou.length, { names: names(withYou) }), time: ms(latest.at), tone: "sure", now: true };
  const [next] = coming;
  const title = next ? t("{name} is with you", { name: first(next.member.name) }) : t("Somebody is with you");
  return { key: "with", icon: "with", title, small: t("Not yet"), next: true };
}
