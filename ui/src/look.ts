// Two looks of one page. Both stylesheets are there from the start: a phone without signal must still be able to change.
import bell from "../images/bell.svg";
import note from "../images/note.svg";
import { manners, type Guise } from "./guises.ts";
import { t } from "./say.ts";

// Fetched now: without signal it could not be.
new Image().src = note;

const link = (id: string): HTMLLinkElement | null => document.querySelector<HTMLLinkElement>(`link#${id}`);

export const look = { silent: document.documentElement.dataset["look"] === "silent", guise: "list" as Guise };

export function wear(silent: boolean): void {
  look.silent = silent;
  const root = document.documentElement;
  link("plain")?.setAttribute("media", silent ? "all" : "not all");
  link("main")?.setAttribute("media", silent ? "not all" : "all");
  link("icon")?.setAttribute("href", silent ? note : bell);
  root.dataset["look"] = silent ? "silent" : "tocsin";
  root.dataset["guise"] = look.guise;
  document.title = silent ? t(manners[look.guise].app) : "Tocsin";
  history.replaceState(null, "", silent ? "/notes" : "/phone");
}
