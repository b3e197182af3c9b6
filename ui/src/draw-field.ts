// Where the corners stand in the form: a text of one corner a line, or four numbers of two known points.
import { read, written, type Outline, type Point } from "./draw-shape.ts";

export interface Field {
  /** Null: what is typed there is no outline yet. */
  read(): Outline | null;
  write(corners: Outline): void;
  readonly inputs: readonly HTMLElement[];
  readonly most: 2 | undefined;
}

export function fieldOf(form: HTMLElement): Field | null {
  const text = form.querySelector<HTMLTextAreaElement>("[data-corners]");
  if (text) return { read: () => read(text.value), write: (corners) => { text.value = written(corners); }, inputs: [text], most: undefined };
  const inputs = [...form.querySelectorAll<HTMLInputElement>("[data-point]")];
  return inputs.length === 4 ? points(inputs) : null;
}

const numbers = (point: Point | undefined): string[] => (point ? written([point]).split(" ") : []);

/** x and y of the first point, then of the second. */
function points(inputs: readonly HTMLInputElement[]): Field {
  const pairs = [inputs.slice(0, 2), inputs.slice(2)];
  return {
    read: () => read(pairs.map((pair) => pair.map((input) => input.value).join(" ").trim()).filter(Boolean).join("\n")),
    write: (corners) => pairs.forEach((pair, n) => pair.forEach((input, i) => { input.value = numbers(corners[n])[i] ?? ""; })),
    inputs,
    most: 2,
  };
}
