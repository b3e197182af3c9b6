// Passkeys: sign in with one, make one, or prove again who one is. Every button says what it is for in `data-passkey`.
// What is said to people stands in the page, in their language; this file has no words of its own.

type Json = Record<string, unknown>;
interface Told {
  options?: { publicKey?: Json } & Json;
  go?: string;
  said?: string;
}
interface Described {
  id: string;
}

const bytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

class Refused extends Error {}

async function ask(path: string, sent: Json): Promise<Told> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    cache: "no-store",
    credentials: "same-origin",
    body: JSON.stringify(sent),
    signal: AbortSignal.timeout(20_000),
  });
  const told = (await response.json()) as Told;
  if (!response.ok) throw new Refused(told.said ?? "");
  return told;
}

/** The server's options, with bytes where the browser wants bytes. */
function readable(options: Json): Json {
  const read = { ...options, challenge: bytes(String(options["challenge"])) } as Json;
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (Array.isArray(options[list])) read[list] = (options[list] as Described[]).map((one) => ({ ...one, id: bytes(one.id) }));
  }
  const user = options["user"] as (Described & Json) | undefined;
  if (user) read["user"] = { ...user, id: bytes(user.id) };
  return read;
}

/** What the passkey answered, as the server reads it. */
function told(credential: PublicKeyCredential): string {
  const { response } = credential;
  const answer: Json = { clientDataJSON: text(response.clientDataJSON) };
  if (response instanceof AuthenticatorAssertionResponse) {
    answer["authenticatorData"] = text(response.authenticatorData);
    answer["signature"] = text(response.signature);
    if (response.userHandle) answer["userHandle"] = text(response.userHandle);
  } else if (response instanceof AuthenticatorAttestationResponse) {
    answer["attestationObject"] = text(response.attestationObject);
    answer["transports"] = response.getTransports();
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: answer, clientExtensionResults: {} });
}

async function answered(begin: string, sent: Json, make: boolean): Promise<string> {
  const { options = {} } = await ask(begin, sent);
  const publicKey = readable((options.publicKey ?? options) as Json);
  const given = make
    ? await navigator.credentials.create({ publicKey: publicKey as unknown as PublicKeyCredentialCreationOptions })
    : await navigator.credentials.get({ publicKey: publicKey as unknown as PublicKeyCredentialRequestOptions });
  if (!(given instanceof PublicKeyCredential)) throw new DOMException("", "NotAllowedError");
  return told(given);
}

const ways: Record<string, { path: string; make: boolean }> = {
  "sign-in": { path: "/sign-in", make: false },
  prove: { path: "/prove", make: false },
  add: { path: "/account/passkeys", make: true },
};

async function run(button: HTMLElement): Promise<void> {
  const way = ways[button.dataset["passkey"] ?? ""];
  if (!way) return;
  const form = button.closest("form");
  const sent: Json = { form_token: field(form, "form_token"), label: field(form, "label"), next: button.closest<HTMLElement>("[data-next]")?.dataset["next"] ?? "" };
  const answer = await answered(`${way.path}/begin`, sent, way.make);
  const { go } = await ask(`${way.path}/finish`, { ...sent, answer });
  if (go) location.assign(go);
  else if (form?.dataset["after"] === "prove") form.requestSubmit();
}

const field = (form: HTMLFormElement | null, name: string): string => {
  const found = form?.elements.namedItem(name) ?? document.querySelector(`[name="${name}"]`);
  return found instanceof HTMLInputElement ? found.value : "";
};

/** What to say of it: the server's own words, or what the page holds ready for what happens in the browser. */
function sentence(error: unknown, ready: DOMStringMap): string {
  if (error instanceof Refused && error.message) return error.message;
  if (error instanceof DOMException && error.name === "InvalidStateError") return ready["known"] ?? "";
  if (error instanceof DOMException && error.name !== "TimeoutError") return ready["cancelled"] ?? "";
  return ready["lost"] ?? "";
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("[data-passkey]") : null;
  if (!button || button.disabled) return;
  const place = (button.closest("form, [data-next]") ?? document).querySelector<HTMLElement>("[data-said]");
  if (place) place.textContent = "";
  if (!("credentials" in navigator) || typeof PublicKeyCredential === "undefined") {
    if (place) place.textContent = document.body.dataset["unable"] ?? "";
    return;
  }
  button.disabled = true;
  run(button)
    .catch((error: unknown) => {
      if (place) place.textContent = sentence(error, document.body.dataset);
    })
    .finally(() => {
      button.disabled = false;
    });
});

/** Enter in the field for its name is the button's press. */
document.addEventListener("submit", (event) => {
  const button = (event.target as Element).querySelector<HTMLButtonElement>('[data-passkey="add"]');
  if (!button) return;
  event.preventDefault();
  button.click();
});

// Asleep until now: whoever presses before this file has come would wait for an answer that nobody gives.
for (const button of document.querySelectorAll<HTMLButtonElement>("[data-passkey]")) button.disabled = false;

export {};
