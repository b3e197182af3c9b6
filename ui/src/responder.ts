// The link that a message carries, opened: somebody who was called answers, or somebody who called says where they are.
import { type Alert, type Me, type Said } from "./alert.ts";
import { Alerts } from "./alerts.ts";
import { Api, Refused } from "./api.ts";
import { CalledPlan } from "./called-plan.ts";
import { redrawn, serverNow } from "./clock.ts";
import { acts, forms, patch, type Child } from "./dom.ts";
import { fixOf } from "./fixes.ts";
import { hold } from "./hold.ts";
import { Outbox } from "./press.ts";
import { whyNot } from "./refusals.ts";
import { key } from "./key.ts";
import { open, remembered, why, type Bound, type Door } from "./responder-link.ts";
import { door, responder, sender, type Located, type Seen } from "./responder-view.ts";
import { speak, t } from "./say.ts";

const AGAIN_MS = 2_000;
let state: Door = "shut";
let page: Opened | null = null;
const draw = redrawn(show);

/** A new screen is read from its top, and told to whoever listens. */
function show(): void {
  const name = (): string => document.querySelector<HTMLElement>("main")?.dataset["screen"] ?? "";
  const before = name();
  const alert = page?.alert ?? null;
  document.documentElement.toggleAttribute("data-drill", Boolean(alert?.drill) && alert?.state !== "closed");
  document.title = !alert ? "Tocsin" : alert.state === "closed" ? t("It is over - Tocsin") : t("{name} - Tocsin", { name: alert.member?.name ?? t("SOS") });
  patch(document.body, page?.screen() ?? door(state));
  page?.plan?.settle(alert, serverNow());
  if (name() === before) return;
  scrollTo(0, 0);
  document.querySelector<HTMLElement>("h1")?.focus();
}

/** This device is bound: the alert as it is, what I say of it, and a call for help of my own. */
class Opened {
  readonly plan: CalledPlan | null; // Whoever called for help is asked where they are, and shown no plan.
  private readonly api: Api;
  private readonly alerts: Alerts;
  private readonly outbox: Outbox; // Of the person in danger: words and places. Of somebody rung: their own SOS.
  private readonly notes: { text: string; key: string }[] = [];
  private me: Me | null = null;
  private said: Said | null = null;
  private taps = 0; // On an answer.
  private failed = false;
  private acted = "";
  private located: Located = "";
  private asking = false;
  private gone = false;

  constructor(private readonly bound: Bound) {
    this.api = new Api(bound.token);
    this.plan = bound.purpose === "own" ? null : new CalledPlan(bound.token, draw);
    this.alerts = new Alerts(this.api, draw, (name, data) => name === "gone" && (data as { id?: string }).id === bound.alert && this.lose());
    this.outbox = new Outbox(this.api, draw, () => undefined);
    if (bound.purpose === "own") this.outbox.adopt(bound.alert);
    void this.meet();
    void this.look();
    setInterval(() => void this.again(), AGAIN_MS);
  }

  get alert(): Alert | null {
    return this.alerts.known.get(this.bound.alert) ?? null;
  }

  screen(): Child[] {
    const alert = this.alert;
    const own = this.bound.purpose === "own";
    const press = own ? this.outbox.waiting : this.outbox.presses.at(-1);
    if (!alert) return door(this.gone ? "over" : "opening", press);
    const seen: Seen = {
      me: this.me, alert, now: serverNow(), live: this.alerts.live.now, said: this.said, failed: this.failed, acted: this.acted, plan: this.plan?.there ?? false,
      press, waiting: this.notes.length + (own ? this.outbox.additions : 0),
    };
    return own ? sender(seen, this.located) : responder(seen);
  }

  answer(said: Said): void {
    this.taps += 1;
    [this.said, this.failed, this.acted] = [said, false, ""];
    draw();
    void this.again();
  }

  note(text: string): void {
    this.notes.push({ text, key: key() });
    draw();
    void this.again();
  }

  object(): void {
    void this.post("close/object", {}).catch((error: unknown) => (this.acted = whyNot(error), draw()));
  }

  press(): void {
    this.outbox.press(false);
    draw();
  }

  place(label: string): void {
    this.outbox.add("places", { kind: "spoken", label, at: new Date(serverNow()).toISOString() });
  }

  /** Asked for once, by a tap: who refuses can still say it in words. */
  locate(): void {
    this.tell("looking");
    navigator.geolocation?.getCurrentPosition((position) => {
      // Looked at first, to know the server's time: this is the first thing that a page does.
      void this.look().then(() => (this.outbox.add("places", fixOf(position)), this.tell("")));
    }, () => this.tell("refused"), { enableHighAccuracy: true, timeout: 20_000, maximumAge: 10_000 });
  }

  private tell(located: Located): void {
    this.located = located;
    draw();
  }

  private lose(): void {
    this.gone = true;
    this.alerts.known.delete(this.bound.alert);
    draw();
  }

  private async meet(): Promise<void> {
    try {
      this.me = await this.api.get<Me>("/api/v1/me");
      speak(this.me.member.language);
    } catch {
      // The page goes without a name; the alert says what may be known.
    }
    draw();
  }

  private async look(): Promise<void> {
    try {
      await this.alerts.look(this.bound.alert);
    } catch (error) {
      if (error instanceof Refused && [401, 403, 404].includes(error.status) && this.alert?.state !== "closed") this.lose();
    }
  }

  private async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<void> {
    await this.api.act(this.bound.alert, path, body, headers);
    await this.look();
  }

  /** Whatever waits is sent, one after the other; without a line the alert is asked for. */
  private async again(): Promise<void> {
    if (this.asking || this.gone || this.alert?.state === "closed") return;
    this.asking = true;
    try {
      if (this.said) await this.sendAnswer(this.said);
      else if (this.notes[0] !== undefined) await this.sendNote(this.notes[0]);
      else if (!this.alerts.live.now) await this.look();
      if (!this.me) await this.meet();
    } finally {
      this.asking = false;
      draw();
    }
  }

  private async sendAnswer(said: Said): Promise<void> {
    const tap = this.taps;
    try {
      await this.post("answers", { answer: said });
      if (this.taps === tap) this.said = null; // A tap that came meanwhile is another one: it may borrow for longer.
      this.failed = false;
    } catch (error) {
      this.failed = !final(error);
      if (this.failed) return;
      [this.said, this.acted] = [null, whyNot(error)];
      await this.look();
    }
  }

  private async sendNote({ text, key }: { text: string; key: string }): Promise<void> {
    try {
      await this.post("notes", { text }, { "Idempotency-Key": key });
    } catch (error) {
      if (!final(error)) return;
      this.acted = whyNot(error);
    }
    this.notes.shift();
  }
}

/** The server understood, and said no; asking again changes nothing. */
const final = (error: unknown): boolean => error instanceof Refused && error.status < 500 && error.status !== 429;

async function enter(): Promise<void> {
  if (state === "opening") return;
  state = "opening";
  draw();
  try {
    begin(await open(new Api(null)));
  } catch (error) {
    state = why(error);
  }
  draw();
}

function begin(bound: Bound): void {
  page = new Opened(bound);
  if (bound.purpose === "own") page.locate();
}

const text = (fields: FormData, name: string): string => String(fields.get(name) ?? "").trim();

acts({
  open: () => void enter(),
  answer: ({ dataset }) => page?.answer(dataset["answer"] as Said),
  object: () => page?.object(),
  locate: () => page?.locate(),
  again: () => page?.press(),
});
forms({
  note: (fields, form) => {
    const words = text(fields, "text");
    if (words) page?.note(words);
    form.reset();
  },
  place: (fields, form) => {
    const words = text(fields, "label");
    if (words) page?.place(words);
    form.reset();
  },
});
hold(() => false, () => page?.press());

const kept = remembered();
if (kept) begin(kept);
