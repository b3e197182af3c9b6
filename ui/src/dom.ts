// Elements from typed calls, and one function that makes what is on the page look like what it should be.
// There is no markup in strings anywhere: what people typed can only ever become text.
import icons from "../images/icons.svg";

export type Child = Node | string | number | null | undefined | false | readonly Child[];
export type Attributes = Record<string, string | number | boolean | null | undefined>;

export function el(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...nodes(children));
  return made;
}

/** Folded away, and made only while it is open: whoever never opens it waits for none of it. To be drawn anew at `toggle`. */
export function folded(key: string, summary: string, inside: () => Child): HTMLElement {
  const there = document.querySelector<HTMLDetailsElement>(`details[data-key="${key}"]`);
  return el("details", { "data-key": key }, el("summary", {}, summary), there?.open ? inside() : null);
}

export function icon(name: string, extra = ""): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", `i ${extra}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${icons}#${name}`);
  svg.append(use);
  return svg;
}

function nodes(children: readonly Child[]): Node[] {
  return children.flatMap((child): Node[] => {
    if (child === null || child === undefined || child === false) return [];
    if (Array.isArray(child)) return nodes(child as readonly Child[]);
    return [child instanceof Node ? child : document.createTextNode(String(child))];
  });
}

/**
 * Make `target` hold exactly these children, keeping every element that is already right: focus, selection, typed
 * words, open details and running animations survive. Elements with the same `data-key` are the same element.
 */
export function patch(target: Element, ...children: Child[]): void {
  const wanted = nodes(children);
  const keyed = new Map<string, Element>();
  for (const child of Array.from(target.children)) {
    const key = child.getAttribute("data-key");
    if (key !== null) keyed.set(key, child);
  }
  dropUnwanted(target, wanted); // First, so that what stays is not moved past it: a field that is moved loses its focus.
  let at: ChildNode | null = target.firstChild;
  for (const next of wanted) {
    const kept = same(at, next, keyed);
    if (!kept) {
      target.insertBefore(next, at);
      continue;
    }
    if (kept !== at) target.insertBefore(kept, at);
    else at = at.nextSibling;
    morph(kept, next);
  }
  while (at) {
    const gone: ChildNode = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function dropUnwanted(target: Element, wanted: readonly Node[]): void {
  const keys = new Set(wanted.map((node) => (node instanceof Element ? node.getAttribute("data-key") : null)));
  for (const child of Array.from(target.children)) {
    const key = child.getAttribute("data-key");
    if (key !== null && !keys.has(key)) child.remove();
  }
}

function same(at: ChildNode | null, next: Node, keyed: Map<string, Element>): ChildNode | null {
  const key = next instanceof Element ? next.getAttribute("data-key") : null;
  if (key !== null) {
    const known = keyed.get(key);
    return known?.nodeName === next.nodeName ? known : null;
  }
  const taken = at instanceof Element && at.hasAttribute("data-key");
  return at && !taken && at.nodeName === next.nodeName ? at : null;
}

/** What is already right is found so by the browser itself, many times faster than part by part. */
function morph(old: ChildNode, next: Node): void {
  if (old.isEqualNode(next)) return old instanceof Element ? tick(old) : undefined;
  if (!(old instanceof Element) || !(next instanceof Element)) {
    if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue;
    return;
  }
  for (const { name } of Array.from(old.attributes)) {
    if (!next.hasAttribute(name) && !BY_HAND.includes(name)) old.removeAttribute(name);
  }
  for (const { name, value } of Array.from(next.attributes)) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (old.matches(BOX)) tick(old);
  if (old.matches("select,textarea,[data-own]")) return; // What is in it is the reader's, or another drawing's.
  patch(old, ...Array.from(next.childNodes));
}

const BOX = "input[type=checkbox]";
const BY_HAND = ["open", "data-held"]; // Somebody unfolded it, or their finger is on it: no drawing takes that back.

/** A tap ticks a box before anybody has said that it is so: here it shows again what is. */
function tick(within: Element): void {
  const boxes = within.matches(BOX) ? [within] : Array.from(within.querySelectorAll(BOX));
  for (const box of boxes as HTMLInputElement[]) box.checked = box.hasAttribute("checked");
}

/** One listener a kind, on the document: what an element does stands in its `data-act`. */
export function acts(table: Record<string, (element: HTMLElement) => void>): void {
  document.addEventListener("click", (event) => {
    const found = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-act]") : null;
    if (found) table[found.dataset["act"] ?? ""]?.(found);
  });
}

/** Forms by their `data-form`; the page never navigates. */
export function forms(table: Record<string, (fields: FormData, form: HTMLFormElement) => void>): void {
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    if (form instanceof HTMLFormElement) table[form.dataset["form"] ?? ""]?.(new FormData(form), form);
  });
}
