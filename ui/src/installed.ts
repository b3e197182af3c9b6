// The app of this phone: its service worker, asked now and then whether there is a newer build. A newer one is worn only
// where nobody can be in the middle of anything; a press is never held back by it.
const PATH = "/service-worker.js";
const ASK_MS = 3_600_000;

/** `idle`: nothing is open and nothing waits. */
export async function install(idle: () => boolean): Promise<void> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined; // Not without https, nor in every private window.
  if (!workers) return;
  const before = workers.controller;
  let newer = false;
  workers.addEventListener("controllerchange", () => (newer = before !== null));
  const wear = (): void => {
    if (newer && document.hidden && idle()) location.reload();
  };
  document.addEventListener("visibilitychange", wear);
  const registered = await workers.register(PATH, { scope: "/", updateViaCache: "none" }).catch(() => undefined);
  setInterval(() => void registered?.update().then(wear, () => undefined), ASK_MS);
}
