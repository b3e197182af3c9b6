// Press and hold for a second, by finger, mouse or key; a single press where the worker chose that.

const HOLD_MS = 1_000;
const SETTLE_MS = 50; // What was let go meanwhile is heard by then.

/** Every `.sos` button on the page, now and later. `fire` is called once per completed press. */
export function hold(single: () => boolean, fire: () => void): void {
  let timer = 0;
  let since = 0;
  let keyed = -Infinity;
  let pointed = -Infinity;

  const disc = (event: Event): HTMLElement | null =>
    event.target instanceof Element ? event.target.closest<HTMLElement>(".sos") : null;
  const begin = (button: HTMLElement, event: Event): void => {
    if (timer || single()) return;
    button.dataset["held"] = "";
    since = event.timeStamp;
    timer = window.setTimeout(end, Math.min(Math.max(since + HOLD_MS - performance.now(), SETTLE_MS), HOLD_MS));
  };
  // A phone that stutters hears late of both: what counts is how long the finger was down, not when we learned of it.
  const end = (event?: Event): void => {
    const held = timer && (event?.timeStamp ?? Infinity) - since >= HOLD_MS;
    clearTimeout(timer);
    timer = 0;
    document.querySelectorAll(".sos[data-held]").forEach((button) => button.removeAttribute("data-held"));
    if (held) fire();
  };

  document.addEventListener("pointerdown", (event) => {
    const button = disc(event);
    if (!button || !event.isPrimary || event.button > 0) return;
    pointed = performance.now();
    begin(button, event);
  });
  for (const over of ["pointerup", "pointercancel", "blur"]) addEventListener(over, end);
  document.addEventListener("keydown", (event) => {
    const button = disc(event);
    if (!button || (event.key !== " " && event.key !== "Enter")) return;
    keyed = performance.now();
    if (!single()) event.preventDefault();
    if (!event.repeat) begin(button, event);
  });
  addEventListener("keyup", end);
  document.addEventListener("contextmenu", (event) => disc(event) && event.preventDefault());
  document.addEventListener("click", (event) => {
    if (!disc(event)) return;
    // A screen reader or voice control can only click: that counts as the whole press.
    const assisted = event.detail === 0 && performance.now() - Math.max(keyed, pointed) > 1_500;
    if (single() || assisted) fire();
  });
}

/** The space bar counts wherever one is on a page that has nothing else to press. */
export function spaceAnywhere(): void {
  document.addEventListener("keydown", (event) => {
    const control = event.target instanceof Element && event.target.closest("button, a, input, select, textarea");
    const button = document.querySelector<HTMLElement>(".sos");
    if (control || !button || event.key !== " " || event.repeat) return;
    event.preventDefault();
    button.focus();
    button.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true }));
  });
}

const TITLE_MS = 3_000;

/** Three seconds on the list's title, by finger or key. Nothing on the screen shows that it is being held. */
export function holdTitle(fire: () => void): void {
  let timer = 0;
  const title = (event: Event): boolean => event.target instanceof Element && event.target.closest("button.title") !== null;
  const end = (): void => clearTimeout(timer);
  const begin = (event: Event): void => {
    if (!title(event)) return;
    end();
    timer = window.setTimeout(fire, TITLE_MS);
  };
  document.addEventListener("pointerdown", begin);
  document.addEventListener("keydown", (event) => {
    if (!event.repeat && (event.key === " " || event.key === "Enter")) begin(event);
  });
  for (const over of ["pointerup", "pointercancel", "keyup", "blur"]) addEventListener(over, end);
  document.addEventListener("contextmenu", (event) => title(event) && event.preventDefault());
}
