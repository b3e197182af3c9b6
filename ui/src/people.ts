// What each rung person has done, from their answers and from the messages sent to them: one word, one shape.
import { ms, newest, runs, type Alert, type Answer, type Delivery, type Who } from "./alert.ts";
import { reasons } from "./reasons.ts";
import { t, words, type Words } from "./say.ts";
import { ago, clock, say, sentence } from "./words.ts";

interface State<W> {
  state: string;
  icon: string;
  word: W;
}
export interface Person extends State<string> {
  who: Who;
  small: string;
  loan: { left: number; whole: number } | null;
}

export const answered: Record<Answer["answer"], State<Words>> = {
  with_them: { state: "with", icon: "with", word: words("With them") },
  coming: { state: "coming", icon: "coming", word: words("Coming") },
  seen: { state: "seen", icon: "seen", word: words("Seen") },
  cannot: { state: "cannot", icon: "nocross", word: words("Cannot come") },
};

const unreachable: State<Words> = { state: "failed", icon: "failed", word: words("Not reached") };

const delivered: Record<string, State<Words>> = {
  queued: { state: "waiting", icon: "wait", word: words("Waiting") },
  handed_over: { state: "sent", icon: "message", word: words("With the carrier") },
  delivered: { state: "ringing", icon: "ringing", word: words("On their phone") },
  answered: { state: "sent", icon: "sent", word: words("Answered") },
  superseded: { state: "waiting", icon: "message", word: words("Replaced") },
  failed: unreachable,
  undeliverable: unreachable,
};

const lapsed: Partial<Record<Answer["answer"], Words>> = {
  with_them: words("Said with them {ago}. Asked again."),
  coming: words("Said coming {ago}. Asked again."),
  seen: words("Said seen {ago}. Asked again."),
};

const shown = (state: State<Words>): State<string> => ({ ...state, word: t(state.word) });

export function stateOf(delivery: Delivery): State<string> {
  const known = delivered[delivery.state];
  return known ? shown(known) : { state: "unknown", icon: "unknown", word: say({}, delivery.state) };
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
    const said = lapsed[answer.answer];
    return { who, state: "unknown", icon: "unknown", word: t("No word since"), small: said ? t(said, { ago: ago(now - ms(answer.at)) }) : "", loan: null };
  }
  const ends = answer.lapses_at ? ms(answer.lapses_at) : null;
  const loan = ends === null ? null : { left: ends - now, whole: Math.max(ends - ms(answer.at), 1) };
  return { who, ...shown(answered[answer.answer]), small: small(answer, loan?.left ?? null, now), loan };
}

function small(answer: Answer, left: number | null, now: number): string {
  const parts = [t("Said so {ago}.", { ago: ago(now - ms(answer.at)) })];
  if (answer.answer === "coming" && answer.eta_s) parts.push(t("Here in {clock}.", { clock: clock(ms(answer.at) + answer.eta_s * 1000 - now, Math.ceil) }));
  if (left !== null) parts.push(t("Asked again in {clock}.", { clock: clock(left, Math.ceil) }));
  if (answer.counts === false) parts.push(t("By text, may be forged: not counted."));
  return parts.join(" ");
}

/** Whatever their last message came to: from now on nothing wakes this person. */
function cutOff(person: Person, reason: string | undefined): Person {
  if (!reason || person.state === "failed") return person;
  return { ...person, ...shown(unreachable), small: sentence(say(reasons, reason)) };
}

function byMessage(sent: Delivery[]): Person {
  const best = ["delivered", "answered", "handed_over", "queued", "superseded"];
  const rank = ({ state }: Delivery): number => (best.includes(state) ? best.indexOf(state) : best.length);
  const reaching = sent.filter((one) => !besides.has(one.channel));
  const [delivery] = [...(reaching.length ? reaching : sent)].sort((a, b) => rank(a) - rank(b) || ms(b.at) - ms(a.at));
  if (!delivery) throw new Error("a person without a message was never rung");
  const state = stateOf(delivery);
  const word = state.state === "ringing" ? t("Ringing") : state.state === "sent" ? t("Sent") : state.word;
  const why = reasonOf(delivery);
  const what = state.state === "failed" && why ? sentence(why) : t("By {way}.", { way: channel(delivery) });
  return { who: delivery.member, ...state, word, small: what, loan: null };
}

/** What only tells besides: nobody counts as reached because a mail server or a service took a message. */
const besides = new Set(["email", "other", "webhook"]);
const channels: Record<string, Words> = {
  sms: words("text"), voice: words("call"), push: words("app"), email: words("mail"), other: words("service"), webhook: words("webhook"),
};
export const channelWord = (word: string): string => say(channels, word);
export const channel = (delivery: Delivery): string => channelWord(delivery.channel);
