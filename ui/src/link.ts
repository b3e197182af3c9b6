// A one-time link: its code leaves the address at once, and is sent only when somebody taps.
// A phone or a screen keeps the token that it is given; a person gets a session instead, and nothing stays here.
import { spelled } from "./address.ts";

interface Told {
  go?: string;
  keep?: { name: string; token: string };
  said?: string;
}

const form = document.querySelector<HTMLFormElement>("[data-link]");
const code = form?.querySelector<HTMLInputElement>('[name="code"]');
const said = form?.querySelector<HTMLElement>("[data-said]");

/** Also when another link is opened in the same tab, which loads no page anew. */
function take(): void {
  const given = spelled(location.hash.slice(1));
  if (!given || !code || document.getElementById(given)) return; // What names a part of the page is no code.
  history.replaceState(null, "", location.pathname);
  code.value = given;
  form?.querySelector("[data-typed]")?.setAttribute("hidden", "");
}

async function use(): Promise<void> {
  const token = form?.querySelector<HTMLInputElement>('[name="form_token"]')?.value ?? "";
  const response = await fetch("/link/open", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    cache: "no-store",
    credentials: "same-origin",
    body: JSON.stringify({ code: code?.value.trim().replace(/^.*#/s, "") ?? "", form_token: token }),
    signal: AbortSignal.timeout(20_000),
  });
  const told = (await response.json()) as Told;
  if (told.go) location.replace(told.go + (told.keep ? carried(told.keep) : ""));
  else if (said) said.textContent = told.said ?? "";
}

/** Where this browser keeps nothing, its tab alone has it: the link was used, and no other token will be given for it. */
function carried({ name, token }: { name: string; token: string }): string {
  try {
    localStorage.setItem(name, token);
    return "";
  } catch {
    return `#${encodeURIComponent(token)}`;
  }
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (said) said.textContent = "";
  use().catch(() => {
    if (said) said.textContent = document.body.dataset["lost"] ?? "";
  });
});

take();
addEventListener("hashchange", take);
