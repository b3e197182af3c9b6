// The plan that can be moved by hand: MapLibre over the same scene that the plain drawing shows. Fetched only when there is
// a plan to show, never by a page that opens. Its worker is a file of our own server; nothing of it comes from anywhere else.
import { Map as Globe, setWorkerUrl, type GeoJSONSource, type LayerSpecification, type SourceSpecification, type StyleSpecification } from "maplibre-gl";
import type { Mark } from "./map-marks.ts";
import type { Corner } from "./map-plan.ts";
import type { Camera, Open, Scene } from "./map-scene.ts";

const WIDE = 10_000;
const DEGREES = 1e-6; // Of one unit, where nobody said where on the globe the sheet lies: a small square at 0, 0.
const AROUND = 64; // Corners of a circle.
const HATCH = 16; // Pixels.

type Point = [lon: number, lat: number];
type Shape = { type: "Polygon"; coordinates: Point[][] } | { type: "LineString"; coordinates: Point[] } | { type: "Point"; coordinates: Point };
interface Feature {
  type: "Feature";
  geometry: Shape;
  properties: Record<string, string | number | boolean>;
}

/** From the sheet to the globe and back. */
interface Lay {
  to(corner: Corner): Point;
  from(point: Point): Corner;
  bearing: number;
}

function layOf({ ground }: Scene, tiles: string): Lay {
  if (ground && tiles) return { to: (corner) => ground.toGlobe(corner), from: ([lon, lat]) => ground.toSheet(lat, lon), bearing: -ground.north };
  return { to: ([x, y]) => [x * DEGREES, -y * DEGREES], from: ([lon, lat]) => [lon / DEGREES, -lat / DEGREES], bearing: 0 };
}

export const open: Open = (container, worker, scene, camera, credit, words, hearing) => {
  setWorkerUrl(worker);
  const room = document.createElement("div");
  container.replaceChildren(room);
  let lay = layOf(scene, credit.tiles);
  let shown = scene;
  const globe = new Globe({
    container: room, style: styleOf(scene, lay, credit.tiles), center: lay.to([camera.x, camera.y]), zoom: 14, bearing: lay.bearing,
    attributionControl: false, keyboard: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, renderWorldCopies: false,
    fadeDuration: 0, maxZoom: 24, maxPitch: 0, cooperativeGestures: true,
    locale: { "CooperativeGesturesHandler.WindowsHelpText": words["wheel"] ?? "", "CooperativeGesturesHandler.MacHelpText": words["wheel_mac"] ?? "", "CooperativeGesturesHandler.MobileHelpText": words["two"] ?? "" },
  });
  globe.touchZoomRotate.disableRotation();
  globe.getCanvas().removeAttribute("tabindex"); // The frame around it has the keyboard.
  const look = ({ x, y, scale }: Camera): void => {
    globe.jumpTo({ center: lay.to([x, y]), zoom: globe.getZoom() + Math.log2(scale / scaleOf(globe, lay)), bearing: lay.bearing });
  };
  const see = (): Camera => {
    const { lng, lat } = globe.getCenter();
    const [x, y] = lay.from([lng, lat]);
    return { x, y, scale: scaleOf(globe, lay) };
  };
  let ready = false;
  look(camera);
  globe.setMissingStyleImageResolver((id) => void globe.addImage(id, hatch(shown)));
  globe.on("move", (event) => void ("originalEvent" in event && event.originalEvent && hearing.moved(see())));
  globe.on("error", (event) => void (ready || ("sourceId" in event && event.sourceId === "tiles") || hearing.failed()));
  globe.on("webglcontextlost", () => hearing.failed());
  void globe.once("idle", () => ((ready = true), hearing.ready()));
  return {
    show(next) {
      const before = shown;
      shown = next;
      if (next.ground_key !== before.ground_key) {
        lay = layOf(next, credit.tiles);
        globe.setStyle(styleOf(next, lay, credit.tiles), { diff: false });
      } else if (next.marks_key !== before.marks_key) {
        (globe.getSource("marks") as GeoJSONSource | undefined)?.setData(features(next.marks.flatMap((mark) => marked(mark, lay))));
      }
    },
    look,
    end() {
      globe.remove();
      container.replaceChildren();
    },
  };
};

/** Pixels a unit, as the globe is now. */
function scaleOf(globe: Globe, lay: Lay): number {
  const { lng, lat } = globe.getCenter();
  const [x, y] = lay.from([lng, lat]);
  const [a, b] = [globe.project(lay.to([x, y])), globe.project(lay.to([x + 100, y]))];
  return Math.hypot(b.x - a.x, b.y - a.y) / 100;
}

function styleOf(scene: Scene, lay: Lay, tiles: string): StyleSpecification {
  const { picture, palette, high, ground } = scene;
  const corners: [Point, Point, Point, Point] = [lay.to([0, 0]), lay.to([WIDE, 0]), lay.to([WIDE, high]), lay.to([0, high])];
  const under = Boolean(ground && tiles);
  const paper: Feature = { type: "Feature", geometry: { type: "Polygon", coordinates: [[...corners, corners[0]]] }, properties: { kind: "paper" } };
  const sources: Record<string, SourceSpecification> = {
    ground: { type: "geojson", data: features([paper, ...scene.spots.map(({ kind, outline }) => ({ ...shaped(outline, lay), properties: { kind } }))]) },
    marks: { type: "geojson", data: features(scene.marks.flatMap((mark) => marked(mark, lay))) },
    ...(picture ? { picture: { type: "canvas", canvas: picture, coordinates: corners, animate: false } as unknown as SourceSpecification } : {}),
    ...(under ? { tiles: { type: "raster", tiles: [tiles], tileSize: 256, maxzoom: 19 } } : {}),
  };
  return { version: 8, sources, layers: [
    { id: "well", type: "background", paint: { "background-color": palette.well } },
    ...(under ? [{ id: "tiles", type: "raster", source: "tiles", paint: dimmed(palette.night) } satisfies LayerSpecification] : [fill("paper", palette.sheet, ["==", ["get", "kind"], "paper"])]),
    ...(picture ? [{ id: "picture", type: "raster", source: "picture", paint: { "raster-fade-duration": 0 } } satisfies LayerSpecification] : []),
    ...spotLayers(scene),
    ...markLayers(scene),
  ] };
}

const dimmed = (night: boolean): { "raster-brightness-max": number } => ({ "raster-brightness-max": night ? 0.75 : 1 });
const fill = (id: string, color: string, filter: unknown, opacity = 1, source = "ground"): LayerSpecification =>
  ({ id, type: "fill", source, filter: filter as never, paint: { "fill-color": color, "fill-opacity": opacity, "fill-antialias": false } });
const lines = (rem: number) => (id: string, color: string, width: number, filter: unknown, source = "ground", more: Record<string, unknown> = {}): LayerSpecification =>
  ({ id, type: "line", source, filter: filter as never, layout: { "line-cap": more["line-dasharray"] ? "butt" : "round", "line-join": "round" }, paint: { "line-color": color, "line-width": (width * rem) / 16, ...more } });
const kinds = (...names: string[]): unknown => ["in", ["get", "kind"], ["literal", names]];
const all = (...filters: unknown[]): unknown => ["all", ...filters];
const is = (name: string): unknown => ["==", ["get", name], true];
const not = (name: string): unknown => ["!=", ["get", name], true];

function spotLayers({ palette, picture, rem }: Scene): LayerSpecification[] {
  const line = lines(rem);
  const over = picture ? 0.6 : 1; // What the picture shows already is drawn more lightly over it.
  return [
    line("faint", palette.faint, 1.5, kinds("room", "bay", "floor", "site"), "ground", { "line-opacity": over }),
    line("lots", palette.edge, 1.5, kinds("lot"), "ground", { "line-opacity": over }),
    line("buildings", palette.ink, 3, kinds("building"), "ground", { "line-opacity": over }),
    line("doors", palette.ink, 5, kinds("door")),
    { id: "points", type: "circle", source: "ground", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": (3 * rem) / 16, "circle-color": palette.ink } },
  ];
}

function markLayers({ palette, rem }: Scene): LayerSpecification[] {
  const [line, size] = [lines(rem), rem / 16];
  const flat = ["==", ["geometry-type"], "Polygon"];
  const point = ["==", ["geometry-type"], "Point"];
  const drawn = ["!=", ["geometry-type"], "Point"];
  return [
    fill("fills", palette.mark, all(flat, is("first"), not("planned"), not("hatched")), 0.16, "marks"),
    { id: "hatches", type: "fill", source: "marks", filter: all(flat, is("hatched")) as never, paint: { "fill-pattern": "hatch", "fill-opacity": 0.9 } },
    line("halos", palette.sheet, 6, drawn, "marks", { "line-opacity": 0.85 }),
    line("lines", palette.text, 3, all(drawn, not("planned"), is("first")), "marks"),
    line("others", palette.text, 2, all(drawn, not("planned"), not("first")), "marks"),
    line("plans", palette.ink, 3, all(drawn, is("planned")), "marks", { "line-dasharray": [1, 1.6] }),
    { id: "here", type: "circle", source: "marks", filter: all(point, ["==", ["get", "kind"], "fix"]) as never, paint: { "circle-radius": ["case", ["get", "first"], 11 * size, 7.7 * size], "circle-color": ["case", ["get", "hatched"], palette.sheet, palette.mark], "circle-stroke-width": 3 * size, "circle-stroke-color": ["case", ["get", "hatched"], palette.text, palette.sheet] } },
    { id: "spots", type: "circle", source: "marks", filter: all(point, ["!=", ["get", "kind"], "fix"]) as never, paint: { "circle-radius": 17 * size, "circle-color": palette.mark, "circle-opacity": 0.16, "circle-stroke-width": 3 * size, "circle-stroke-color": palette.text } },
  ];
}

function marked(mark: Mark, lay: Lay): Feature[] {
  const properties = { kind: mark.kind, first: mark.first, hatched: mark.hatched, planned: mark.kind === "planned" };
  if (mark.points !== null) return [];
  if (mark.outline.length) return [{ ...shaped(mark.outline, lay), properties }];
  const dot: Feature = { type: "Feature", geometry: { type: "Point", coordinates: lay.to(mark.at) }, properties };
  return mark.radius === null ? [dot] : [{ ...shaped(circle(mark.at, mark.radius), lay), properties }, dot];
}

function shaped(outline: readonly Corner[], lay: Lay): Feature {
  const coordinates = outline.map((corner) => lay.to(corner));
  const [first = [0, 0] as Point] = coordinates;
  const geometry: Shape = coordinates.length < 2 ? { type: "Point", coordinates: first } : coordinates.length < 3 ? { type: "LineString", coordinates } : { type: "Polygon", coordinates: [[...coordinates, first]] };
  return { type: "Feature", geometry, properties: {} };
}

const circle = ([x, y]: Corner, radius: number): Corner[] =>
  Array.from({ length: AROUND }, (_, place) => [x + radius * Math.cos((2 * Math.PI * place) / AROUND), y + radius * Math.sin((2 * Math.PI * place) / AROUND)] as const);

const features = (all: Feature[]): { type: "FeatureCollection"; features: Feature[] } => ({ type: "FeatureCollection", features: all });

/** Slanted lines on nothing, in the colour of what is marked. */
function hatch({ palette }: Scene): { width: number; height: number; data: Uint8Array } {
  const [r = 0, g = 0, b = 0] = (palette.mark.match(/[\d.]+/g) ?? []).map(Number);
  const data = new Uint8Array(HATCH * HATCH * 4);
  for (let y = 0; y < HATCH; y += 1) for (let x = 0; x < HATCH; x += 1) if ((x + y) % 8 < 2) data.set([r, g, b, 150], (y * HATCH + x) * 4);
  return { width: HATCH, height: HATCH, data };
}
