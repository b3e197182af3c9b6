// Where a plan goes on a page.
import type { Alert } from "./alert.ts";
import { el, type Child } from "./dom.ts";

/** What is in it is its own. */
export const planHost = (alert: Alert): Child => (alert.site ? el("div", { class: "map-host", "data-own": true, "data-key": "map" }) : null);
