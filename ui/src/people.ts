// What each rung person has done, from their answers and from the messages sent to them: one word, one shape.
import { ms, newest, runs, type Alert, type Answer, type Delivery, type Who } from "./alert.ts";
import { ago, clock, reasons, say } from "./words.ts";

export interface State {
  state: string;
  icon: string;
  word: string;
}
export interface Person extends State {
  who: Who;
  small: string;
  loan: { left: number; whole: number } | null;
}

export const answered: Record<Answer["answer"], State> = {
  with_them: { state: "with", icon: "with", word: "With them" },
  coming: { state: "coming", icon: "coming", word: "Coming" },
  seen: { state: "seen", icon: "seen", word: "Seen" },
  cannot: { state: "cannot", icon: "nocross", word: "Cannot come" },
};

const delivered: Record<string, State> = {
  queued: { state: "waiting", icon: "wait", word: "Waiting" },
  handed_over: { state: "sent", icon: "message", word: "With the carrier" },
  delivered: { state: "ringing", icon: "ringing", word: "On their phone" },
  answered: { state: "sent", icon: "sent", word: "Answered" },
  superseded: { state: "waiting", icon: "message", word: "Replaced" },
  failed: { state: "failed", icon: "failed", word: "Not reached" },
  undeliverable: { state: "failed", icon: "failed", word: "Not reached" },
};

export function stateOf(delivery: Delivery): State {
  return delivered[delivery.state] ?? { state: "unknown", icon: "unknown", word: say({}, delivery.state) };
}

export const reasonOf = (delivery: Delivery): string => (delivery.reason ? say(reasons, delivery.reason) : "");

/** Everybody the alert has rung, the nearest helpers first, those nobody reached last. */
export function people(alert: Alert, now: number): Person[] {
  const answers = new Map(newest(alert).map((answer) => [answer.member.id, answer]));
  const messages = new Map<string, Delivery[]>();
  for (const delivery of alert.deliveries ?? []) {
    messages.set(delivery.member.id, [...(messages.get(delivery.member.id) ?? []), delivery]);
  }
  const unreached = new Map((alert.unreached ?? []).map((one) => [one.member.id, one.reason]));
  const rung = [...messages].filter(([id]) => !answers.has(id)).map(([id, sent]) => cutOff(byMessage(sent), unreached.get(id)));
  return [...[...answers.values()].map((answer) => byAnswer(answer, now)), ...rung].sort((a, b) => rank(a) - rank(b));
}

const order = ["with", "coming", "unknown", "seen", "ringing", "sent", "waiting", "cannot", "failed"];
const rank = (person: Person): number => order.indexOf(person.state);

function byAnswer(answer: Answer, now: number): Person {
  const who = answer.member;
  if (!runs(answer, now)) {
    const word = answered[answer.answer].word.toLowerCase();
    return { who, state: "unknown", icon: "unknown", word: "No word since", small: `Said ${word} ${ago(now - ms(answer.at))}. Asked again.`, loan: null };
  }
  const ends = answer.lapses_at ? ms(answer.lapses_at) : null;
  const loan = ends === null ? null : { left: ends - now, whole: Math.max(ends - ms(answer.at), 1) };
  return { who, ...answered[answer.answer], small: small(answer, loan?.left ?? null, now), loan };
}

function small(answer: Answer, left: number | null, now: number): string {
  const parts = [`Said so ${ago(now - ms(answer.at))}.`];
  if (answer.answer === "coming" && answer.eta_s) parts.push(`Here in ${clock(ms(answer.at) + answer.eta_s * 1000 - now, Math.ceil)}.`);
  if (left !== null) parts.push(`Asked again in ${clock(left, Math.ceil)}.`);
  if (answer.counts === false) parts.push("By text, may be forged: not counted.");
  return parts.join(" ");
}

/** Whatever their last message came to: from now on nothing wakes this person. */
function cutOff(person: Person, reason: string | undefined): Person {
  if (!reason || person.state === "failed") return person;
  const why = say(reasons, reason);
  return { ...person, ...delivered.undeliverable, small: `${why[0]?.toUpperCase()}${why.slice(1)}.` };
}

function byMessage(sent: Delivery[]): Person {
  const best = ["delivered", "answered", "handed_over", "queued", "superseded"];
  const rank = ({ state }: Delivery): number => (best.includes(state) ? best.indexOf(state) : best.length);
  const reaching = sent.filter((one) => !besides.has(one.channel));
  const [delivery] = [...(reaching.length ? reaching : sent)].sort((a, b) => rank(a) - rank(b) || ms(b.at) - ms(a.at));
  if (!delivery) throw new Error("a person without a message was never rung");
  const state = stateOf(delivery);
  const word = { ringing: "Ringing", sent: "Sent" }[state.state] ?? state.word;
  const why = reasonOf(delivery);
  const what = state.state === "failed" && why ? `${why[0]?.toUpperCase()}${why.slice(1)}.` : `By ${channel(delivery)}.`;
  return { who: delivery.member, ...state, word, small: what, loan: null };
}

/** What only tells besides: nobody counts as reached because a mail server or a service took a message. */
const besides = new Set(["email", "other", "webhook"]);
const channels: Record<string, string> = { sms: "text", voice: "call", push: "app", email: "mail", other: "service", webhook: "webhook" };
export const channel = (delivery: Delivery): string => say(channels, delivery.channel);
