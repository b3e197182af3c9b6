// The drawing table of a sheet: one outline (or its two known points) by mouse, by touch and by keyboard alone. What is drawn
// stands in the fields of an ordinary form, which works without this script and which the server reads and judges.
import { fieldOf } from "./draw-field.ts";
import { byHand } from "./draw-hands.ts";
import { byKeyboard } from "./draw-keys.ts";
import { put, typed } from "./draw-machine.ts";
import { Table } from "./draw-table.ts";
import { fitLabels, unitOf } from "./draw-view.ts";

/** Now, and whenever it has another size. */
function watchSize(svg: SVGElement, draw: () => void): void {
  new ResizeObserver(draw).observe(svg);
  draw();
}

function begin(svg: SVGSVGElement): void {
  const form = svg.closest<HTMLElement>("[data-drawing]");
  const field = form && fieldOf(form);
  if (!form || !field) return watchSize(svg, () => fitLabels(svg, unitOf(svg)));
  const kind = form.querySelector<HTMLSelectElement>("[name=kind]");
  const table = new Table(svg, field, () => (kind?.value ?? svg.dataset["kind"]) === "door");
  byHand(table);
  byKeyboard(table);
  for (const input of field.inputs) {
    input.addEventListener("input", () => {
      const corners = field.read();
      if (corners) table.adopt(typed(table.d, corners));
    });
  }
  kind?.addEventListener("change", () => table.judge());
  svg.addEventListener("focus", () => table.show(svg.matches(":focus-visible")));
  svg.addEventListener("blur", () => {
    table.go(put(table.d));
    table.show(false);
  });
  for (const folded of form.querySelectorAll<HTMLDetailsElement>("details[data-fold]")) folded.open = false;
  watchSize(svg, () => table.draw());
}

for (const svg of document.querySelectorAll<SVGSVGElement>("svg.paper")) begin(svg);
