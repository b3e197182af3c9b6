// Two tones while a loud alert is open, where the browser lets. It lets nobody make a sound before the first key or click,
// and the page says so for as long as that is so. A silent alert and a drill make no sound.
const TONES_HZ = [880, 660];
const TONE_S = 0.4;
const EVERY_MS = 4_000;
const QUIET_MS = 120_000; // Whoever makes it quiet borrows that: like every answer it lapses.

export type Sound = "on" | "blocked" | "none";

export class Siren {
  private context: AudioContext | null = null;
  private readonly able = typeof AudioContext !== "undefined";
  private quietUntil = new Map<string, number>();
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly changed: () => void) {
    if (!this.able) return;
    setTimeout(() => this.open(), 0); // After the first drawing: looking for something to sound with keeps a page from all else.
    // Not when a finger comes down: the page that then says no more about sound moves up, and the press would miss.
    for (const kind of ["keydown", "click"]) document.addEventListener(kind, () => this.wake());
  }

  /** May this page be heard? Until that is known it is not believed. */
  get now(): Sound {
    return !this.able ? "none" : this.context?.state === "running" ? "on" : "blocked";
  }

  wake(): void {
    const context = this.open();
    if (context?.state === "suspended") void context.resume().then(this.changed, () => undefined);
  }

  private open(): AudioContext | null {
    if (this.context || !this.able) return this.context;
    this.context = new AudioContext();
    this.context.addEventListener("statechange", () => this.heard());
    return this.context;
  }

  /** From now on it can be heard, or no more. What is loud is heard at once then. */
  private heard(): void {
    if (this.timer !== undefined) this.play();
    this.changed();
  }

  isQuiet = (alert: string): boolean => (this.quietUntil.get(alert) ?? 0) > performance.now();

  quieten(alert: string): void {
    this.quietUntil.set(alert, performance.now() + QUIET_MS);
  }

  /** These loud alerts are open now. */
  follow(open: readonly string[]): void {
    const loud = open.some((alert) => !this.isQuiet(alert));
    document.documentElement.toggleAttribute("data-sounding", loud && this.now === "on");
    if (loud && this.timer === undefined) {
      this.play();
      this.timer = setInterval(() => this.play(), EVERY_MS);
    } else if (!loud && this.timer !== undefined) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }

  private play(): void {
    const { context } = this;
    if (context?.state !== "running") return;
    TONES_HZ.forEach((tone, place) => {
      const [source, volume] = [context.createOscillator(), context.createGain()];
      const starts = context.currentTime + place * TONE_S;
      source.frequency.value = tone;
      volume.gain.setValueAtTime(0, starts);
      volume.gain.linearRampToValueAtTime(0.4, starts + 0.02);
      volume.gain.linearRampToValueAtTime(0, starts + TONE_S);
      source.connect(volume).connect(context.destination);
      source.start(starts);
      source.stop(starts + TONE_S);
    });
  }
}
