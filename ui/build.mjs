// Builds the pages into the Python package, where the wheel picks them up. No file here reaches for another host.
// Every output carries a hash of its content in its name; manifest.json says which name the pages ask for. What zipping
// makes smaller lies beside itself zipped, so that no start and no request pays for it.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { teaching } from "./catalogue.mjs";
import { painted } from "./icons.mjs";

const out = "../src/tocsin/web/static";
const catalogue = "../src/tocsin/web/locale/es/LC_MESSAGES/tocsin.po";
mkdirSync(out, { recursive: true });

const ours = {
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "safari16", "chrome120", "firefox121"],
  supported: { nesting: true },
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  publicPath: "/static",
  loader: { ".svg": "file", ".woff2": "file" },
  plugins: [teaching(catalogue, "ui/src/")],
  legalComments: "none",
  charset: "utf8",
  metafile: true,
  logLevel: "warning",
};
const namesOf = ({ metafile }) => Object.keys(metafile.outputs).map((path) => basename(path));
const plainly = (hashed) => hashed.replace(/-[0-9A-Z]{8}(\.\w+)$/, "$1");
const byPlainName = (names) => Object.fromEntries(names.map((hashed) => [plainly(hashed), hashed]));

// The map comes first: whoever fetches it later must know what it is called. Its worker is MapLibre's own, as a file of ours.
const map = await build({ ...ours, legalComments: "eof", entryPoints: { "map-gl": "src/map-gl.ts", "map-worker": "maplibre-gl/dist/maplibre-gl-worker.mjs" } });
const addresses = (built) => Object.fromEntries(namesOf(built).map((hashed) => [plainly(hashed), JSON.stringify(`/static/${hashed}`)]));
const called = addresses(map);
const MAPS = { MAP_GL: called["map-gl.js"], MAP_WORKER: called["map-worker.js"] };

// The page of whoever was called fetches the drawing of the plan later too, and must know what that is called.
const drawing = await build({ ...ours, entryPoints: { "map-called": "src/map-called.ts" }, define: MAPS });

const pages = await build({
  ...ours,
  entryPoints: {
    phone: "src/phone.ts",
    console: "src/console.ts",
    colleagues: "src/colleagues.ts",
    "map-record": "src/map-record.ts",
    passkey: "src/passkey.ts",
    draw: "src/draw.ts",
    link: "src/link.ts",
    desk: "src/desk.ts",
    wallboard: "src/wallboard.ts",
    zone: "src/zone.ts",
    exit: "src/exit.ts",
    responder: "src/responder.ts",
    roll: "src/roll.ts",
    "live-worker": "src/live-worker.ts",
    tocsin: "styles/tocsin-all.css",
    silent: "styles/silent.css",
  },
  define: { ...MAPS, MAP_CALLED: addresses(drawing)["map-called.js"] },
});

// What a home screen shows of the app. Android cuts its pictures to any shape: in the last one the bell stays clear of that.
const icons = Object.entries({ "icon-180.png": painted(180), "icon-192.png": painted(192), "icon-512.png": painted(512), "icon-mask-512.png": painted(512, 0.8) });
const drawn = icons.map(([name, bytes]) => {
  const hashed = name.replace(".", `-${createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase()}.`);
  writeFileSync(`${out}/${hashed}`, bytes);
  return hashed;
});

// The app of the phone as it opens without a network: exactly the files that its pages ask for, and none of anybody else's.
const built = byPlainName(namesOf(pages));
const needed = ["phone.js", "zone.js", "live-worker.js", "tocsin.css", "silent.css", "bell.svg", "note.svg", "icons.svg"].map((name) => built[name]);
const fonts = namesOf(pages).filter((name) => name.endsWith(".woff2"));
const worker = await build({
  ...ours,
  format: "iife",
  entryPoints: { "service-worker": "src/service-worker.ts" },
  define: {
    PRECACHE: JSON.stringify([...needed, ...fonts].map((name) => `/static/${name}`)),
    SHELL_SCRIPT: JSON.stringify(built["phone.js"]),
  },
});

const manifest = byPlainName([...namesOf(map), ...namesOf(drawing), ...namesOf(pages), ...namesOf(worker), ...drawn]);
const zipped = [];
for (const hashed of Object.values(manifest)) {
  const plain = readFileSync(`${out}/${hashed}`);
  const small = gzipSync(plain, { level: 9 });
  if (small.length >= plain.length) continue;
  zipped.push(`${hashed}.gz`);
  writeFileSync(`${out}/${hashed}.gz`, small);
}
writeFileSync(`${out}/manifest.json`, JSON.stringify(manifest, null, 1) + "\n");
// What an earlier build left goes last: whoever reads the folder meanwhile finds one whole build, the old or the new.
const kept = new Set(["manifest.json", ...zipped, ...Object.values(manifest)]);
for (const name of readdirSync(out)) if (!kept.has(name)) rmSync(`${out}/${name}`, { recursive: true });
console.log(Object.values(manifest).join(" "));
