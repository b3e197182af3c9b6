// The server's clock counts, not the phone's: a phone may be hours off. How far off is kept, for a page that opens
// without a network; of a phone that is right, or nearly, nothing is.
import { store, stored } from "./stored.ts";

const NAME = "tocsin.clock";
const FAR_MS = 60_000;
let kept = (Number(stored(NAME)) || 0) * 1_000; // In whole seconds.
let offset = kept;

export const serverNow = (): number => Date.now() + offset;

/** Learn from any answer that carries the server's time. */
export function learn(time: string | undefined): void {
  const told = time ? Date.parse(time) : NaN;
  if (!Number.isFinite(told)) return;
  offset = told - Date.now();
  if (Math.abs(offset - kept) > FAR_MS && store(NAME, String(Math.round(offset / 1_000)))) kept = offset;
}

/**
 * Call `draw` now, when asked, and often enough that every running clock is right. However much there is to hear, at most
 * a third of the time goes into drawing: in the rest the page hears whoever presses a key on it.
 */
export function redrawn(draw: () => void): () => void {
  let asked = false;
  let drawing = false;
  let rested = -Infinity;
  const drawn = (): void => {
    [asked, drawing] = [false, true];
    const began = performance.now();
    try {
      draw();
    } finally {
      const done = performance.now();
      rested = done + 2 * (done - began);
      drawing = false;
      if (asked) setTimeout(drawn, rested - done); // What a drawing itself asks for rests as well.
    }
  };
  const soon = (): void => {
    if (asked) return;
    asked = true;
    if (drawing) return;
    const rest = rested - performance.now();
    if (rest > 0) setTimeout(drawn, rest);
    else queueMicrotask(drawn);
  };
  setInterval(soon, 500);
  document.addEventListener("visibilitychange", soon);
  setTimeout(soon); // A task of its own: whatever else a page does first, it is heard in between.
  return soon;
}
