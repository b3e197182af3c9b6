// The colleagues' phones of the sandbox: each text as it lands; answer by tapping a number or by typing.
import { Api, token } from "./api.ts";
import { redrawn } from "./clock.ts";
import { acts, el, forms, icon, patch, type Child } from "./dom.ts";
import { Live } from "./live.ts";
import { mast } from "./parts.ts";
import { whyNot } from "./refusals.ts";
import { t, words, type Words } from "./say.ts";
import { at } from "./words.ts";

interface Text {
  id: string;
  from: string;
  text: string;
  at: string;
  direction: string;
}
interface Phone {
  number: string;
  name: string;
  messages: Text[];
}

const NEW_MS = 6_000;
const api = new Api(token());
const landed = new Map<string, number>();
const said = new Map<string, string>();
const phones = new Map<string, Phone>();
let loaded = false;

const draw = redrawn(() => patch(document.body, screen()));
const live = new Live("/sandbox/live", api.token, hear, false);

/** What a phone can be put through, in the sandbox's own words. */
const weather: Record<string, { word: Words; fault: Record<string, unknown> }> = {
  calm: { word: words("Phone is on"), fault: {} },
  slow: { word: words("Carrier is slow, 3 s"), fault: { slow_ms: 3_000 } },
  lost: { word: words("Carrier loses texts"), fault: { lost: true } },
  off: { word: words("Phone is off"), fault: { undelivered: 30003 } },
  late: { word: words("Receipts come 20 s late"), fault: { late_ms: 20_000 } },
  stop: { word: words("Texted STOP"), fault: { opted_out: true } },
  down: { word: words("Carrier is down"), fault: { down: true } },
};

/** When, and by what it came where that was no text. */
function stamp(phone: Phone, text: Text): string {
  const time = at(Date.parse(text.at));
  return text.from === "push" ? t("Notification, {time}", { time }) : written(phone, text) ? t("Sent {time}", { time }) : time;
}
const written = (phone: Phone, text: Text): boolean => text.from === phone.number;

function hear(name: string, data: unknown): void {
  if (name === "open") void load();
  const { number, message } = (data ?? {}) as { number?: string; message?: Text };
  const phone = number ? phones.get(number) : undefined;
  if (phone && message && !phone.messages.some(({ id }) => id === message.id)) {
    phone.messages.push(message);
    if (!written(phone, message)) landed.set(phone.number, performance.now());
  }
  draw();
}

async function load(): Promise<void> {
  try {
    const given = await api.get<{ phones: Phone[] }>("/sandbox/phones");
    for (const phone of given.phones) phones.set(phone.number, phone);
    loaded = true;
  } catch {
    // The page says that it is not live; the next opening of the stream asks again.
  }
  draw();
}

function screen(): Child[] {
  const all = [...phones.values()];
  return [
    mast(el("span", {}, t("Sandbox: no real phone is rung")), el("span", {}, live.now ? "" : el("strong", { "data-tone": "doubt-text" }, t("Not live")))),
    live.now || !loaded ? null : el("aside", { class: "band", "data-key": "stale", "data-doubt": true, "aria-label": t("Connection") },
      el("div", { role: "alert" }, el("strong", { class: "head" }, icon("failed"), " ", t("Not live")), el("p", {}, t("The sandbox does not answer. Trying again.")))),
    el("main", { "data-key": "main" },
      el("div", { class: "hero" }, el("div", {}, el("h1", {}, t("Colleagues' phones")),
        el("p", { class: "lead" }, loaded && !all.length ? t("The sandbox has no phones.") : t("Press SOS on the worker's phone, then answer here as two of them.")))),
      el("div", { class: "phones" }, all.map(handset))),
  ];
}

function handset(phone: Phone): Child {
  const id = `p${phone.number.replace(/\D/g, "")}`;
  const fresh = performance.now() - (landed.get(phone.number) ?? -Infinity) < NEW_MS;
  const texts = [...phone.messages].reverse();
  return el("section", { class: "board handset", "data-key": phone.number, "data-phone": phone.number, "data-new": fresh, "aria-labelledby": id },
    el("header", {}, el("h2", { id }, fresh ? icon("ringing", "beat") : null, phone.name), el("small", { class: "no" }, phone.number)),
    texts.length ? el("div", { class: "texts", tabindex: 0, role: "log", "aria-label": t("Texts of {name}, newest first", { name: phone.name }) }, el("ol", {}, texts.map((text) =>
      el("li", { "data-key": text.id, "data-mine": written(phone, text) }, el("p", {}, tappable(text.text)), el("small", {}, stamp(phone, text))))))
      : el("p", { class: "quiet texts" }, t("No text yet.")),
    replies(phone),
    el("form", { class: "ask", "data-form": "text", "data-number": phone.number }, el("label", { for: `${id}-t` }, t("Text as {name}", { name: phone.name })),
      el("div", { class: "field" }, el("input", { id: `${id}-t`, name: "text", type: "text", maxlength: 1600, autocomplete: "off", enterkeyhint: "send" }), el("button", { type: "submit" }, t("Send")))),
    el("p", { class: "small acted", role: "status", "data-tone": "doubt-text" }, said.get(phone.number) ?? ""),
    el("details", {}, el("summary", {}, t("What goes wrong")),
      el("div", { class: "ask" }, el("label", { for: `${id}-w` }, t("What {name}'s phone goes through", { name: phone.name })),
        el("select", { id: `${id}-w`, "data-weather": phone.number }, Object.entries(weather).map(([value, { word }]) => el("option", { value }, t(word)))))));
}

/** As a phone shows it: a link of ours can be tapped. */
function tappable(text: string): Child[] {
  return text.split(/(https?:\/\/\S+\/r\/[0-9A-Z]{16})/).map((part, place) => (place % 2 ? el("a", { href: new URL(part).pathname, target: "_blank", rel: "noreferrer" }, part) : part));
}

const shapes = [{ icon: "coming", look: "coming" }, { icon: "with", look: "with" }, { icon: "nocross", look: "" }];

/** `4711=coming 8822=with them 3093=cannot`: the numbers of the newest text that asks, until it is over. */
function replies(phone: Phone): Child {
  const texts = phone.messages.filter((text) => !written(phone, text));
  const asking = texts.findLastIndex(({ text }) => /\b\d{4}=/.test(text));
  const over = texts.slice(asking + 1).some(({ text }) => /^\W*(ALL CLEAR|DRILL OVER|TODO BIEN|FIN)/i.test(text));
  const asked = asking < 0 || over ? undefined : texts[asking];
  if (!asked) return null;
  const choices = [...asked.text.matchAll(/\b(\d{4})=(.+?)(?=\s+\d{4}=|\s*[.#]|\s*$)/g)];
  return el("div", { class: "replies" }, choices.map(([, number = "", word = ""], n) =>
    el("button", { type: "button", class: shapes[n]?.look ?? "", "data-act": "reply", "data-number": phone.number, "data-text": number },
      icon(shapes[n]?.icon ?? "message"), el("span", {}, word.charAt(0).toUpperCase() + word.slice(1), " ", el("small", {}, number)))));
}

async function post(number: string, path: string, body: unknown, form?: HTMLFormElement): Promise<void> {
  said.delete(number);
  try {
    await api.post(path, body);
    form?.reset();
  } catch (error) {
    said.set(number, t("Not sent. {why}", { why: whyNot(error) }));
  }
  draw();
}

const send = (number: string, text: string, form?: HTMLFormElement): void => {
  if (text) void post(number, `/sandbox/phones/${encodeURIComponent(number)}/send`, { text }, form);
};

acts({ reply: ({ dataset }) => send(dataset["number"] ?? "", dataset["text"] ?? "") });
forms({ text: (fields, form) => send(form.dataset["number"] ?? "", String(fields.get("text") ?? "").trim(), form) });
document.addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLSelectElement)) return;
  const number = target.dataset["weather"];
  if (number) void post(number, "/sandbox/faults", { number, fault: weather[target.value]?.fault ?? {} });
});
