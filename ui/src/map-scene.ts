// What both drawings draw: one sheet, its picture, its outlines, the marks on it. The plain one is there at once; the one
// that can be moved by hand takes over when it is ready, if it ever is.
import type { Mark } from "./map-marks.ts";
import type { Ground } from "./map-ground.ts";
import type { Sheet, Spot } from "./map-plan.ts";

export interface Palette {
  mark: string; // Of what is live: red, a drill's colour, or ink where all is over.
  text: string; // The same for lines.
  ink: string;
  sheet: string;
  well: string;
  edge: string;
  faint: string;
  doubt: string;
  night: boolean;
}
export interface Scene {
  sheet: Sheet;
  rem: number; // Pixels: lines and dots are as large as the words of this screen are.
  high: number; // Units; every sheet is WIDE wide.
  picture: HTMLCanvasElement | null;
  spots: readonly Spot[];
  marks: readonly Mark[];
  ground: Ground | null;
  palette: Palette;
  ground_key: string; // Changes with all of this but the marks.
  marks_key: string;
}

/** Which part of a sheet is in the window: the unit in its middle, and pixels a unit. */
export interface Camera {
  x: number;
  y: number;
  scale: number;
}

/** The drawing that can be moved by hand. `look` moves it without a flight. */
export interface Moving {
  show(scene: Scene): void;
  look(camera: Camera): void;
  end(): void;
}
export interface Hearing {
  ready(): void;
  moved(camera: Camera): void;
  failed(): void; // It cannot, or can no longer, be believed.
}
export interface Credit {
  tiles: string; // The address of the operator's own map beneath, "" for none.
  said: string; // Whom it is owed to.
}
export type Open = (container: HTMLElement, worker: string, scene: Scene, camera: Camera, credit: Credit, words: Record<string, string>, hearing: Hearing) => Moving;

/** What the operator has set for this page, if anything. */
export const creditOf = ({ dataset }: HTMLElement): Credit => ({ tiles: dataset["tiles"] ?? "", said: dataset["credit"] ?? "" });
