// A press that no server has taken yet, as it is kept for the service worker, which sends it where the page is closed.
// It goes to every address of the server under the same key: however many hear of it, it is one press.

/** What is kept of a press until a server has taken it. */
export interface Waiting {
  key: string;
  token: string;
  body: Readonly<Record<string, unknown>>;
  addresses: readonly string[];
  anew?: Waiting; // Pressed since the server may have had this one: a call of its own where this one's alert is over.
}
export interface Receipt {
  id?: string;
  receipt: string;
  state?: string;
}

const TRY_MAX_MS = 15_000;

export const OVER = "closed"; // The state of an alert that has ended.
export const PRESS_PATH = "/api/v1/alerts";
export const SYNC = "press"; // What the browser is asked to wake the service worker with.
export const nameOf = (key: string): string => `press/${key}`;

export const isReceipt = (said: Receipt | null): said is Receipt => typeof said?.receipt === "string" && said.receipt !== "";

/** One try at one address; it fails unless the server says that it has it. */
export async function sent(press: Waiting, address = ""): Promise<Receipt> {
  const headers = { Accept: "application/json", "Content-Type": "application/json", Authorization: `Bearer ${press.token}`, "Idempotency-Key": press.key };
  const answer = await fetch(`${address}${PRESS_PATH}`, {
    method: "POST", headers, body: JSON.stringify(press.body), cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(TRY_MAX_MS),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  const said = (await answer.json()) as Receipt | null;
  if (!isReceipt(said)) throw new Error("not ours");
  return said;
}
