// The server's clock counts, not the phone's: a phone may be hours off.
let offset = 0;

export const serverNow = (): number => Date.now() + offset;

/** Learn from any answer that carries the server's time. */
export function learn(time: string | undefined): void {
  const told = time ? Date.parse(time) : NaN;
  if (Number.isFinite(told)) offset = told - Date.now();
}

/** Call `draw` now, when asked, and often enough that every running clock is right. */
export function redrawn(draw: () => void): () => void {
  let asked = false;
  const soon = (): void => {
    if (asked) return;
    asked = true;
    queueMicrotask(() => {
      asked = false;
      draw();
    });
  };
  setInterval(draw, 500);
  document.addEventListener("visibilitychange", soon);
  soon();
  return soon;
}
