// A plan at night: a drawing on white paper becomes light lines on dark paper, its hues kept; a photograph is only dimmed.
const DRAWING = 150; // Of 255: a picture lighter than this on average is lines on paper.
const SAMPLE = 16;
const PAPER = "#11181a"; // As a sheet is at night, and no line on it whiter than ink.
const INK = "#e3eae7";
const DIM = "#b8b8b8";

const made = new WeakMap<HTMLCanvasElement, HTMLCanvasElement>();

export function nightOf(day: HTMLCanvasElement): HTMLCanvasElement {
  const known = made.get(day);
  if (known) return known;
  const night = document.createElement("canvas");
  [night.width, night.height] = [day.width, day.height];
  const context = night.getContext("2d");
  if (context) paint(context, day, isDrawing(day));
  made.set(day, night);
  return night;
}

function paint(context: CanvasRenderingContext2D, day: HTMLCanvasElement, drawing: boolean): void {
  const over = (how: GlobalCompositeOperation, colour: string): void => {
    context.globalCompositeOperation = how;
    context.fillStyle = colour;
    context.fillRect(0, 0, day.width, day.height);
  };
  context.drawImage(day, 0, 0);
  if (!drawing) return over("multiply", DIM);
  over("difference", "#fff");
  context.globalCompositeOperation = "color";
  context.drawImage(day, 0, 0);
  over("multiply", INK);
  over("lighten", PAPER);
}

function isDrawing(day: HTMLCanvasElement): boolean {
  const small = document.createElement("canvas");
  [small.width, small.height] = [SAMPLE, SAMPLE];
  const context = small.getContext("2d");
  if (!context) return false;
  context.drawImage(day, 0, 0, SAMPLE, SAMPLE);
  const { data } = context.getImageData(0, 0, SAMPLE, SAMPLE);
  let light = 0;
  for (let at = 0; at < data.length; at += 4) light += ((data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0)) / 3;
  return light / (SAMPLE * SAMPLE) > DRAWING;
}
