// Builds the pages into the Python package, where the wheel picks them up. No file here reaches for another host.
// Every output carries a hash of its content in its name; manifest.json says which name the pages ask for. What zipping
// makes smaller lies beside itself zipped, so that no start and no request pays for it.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { teaching } from "./catalogue.mjs";

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

// The map comes first: whoever fetches it later must know what it is called. Its worker is MapLibre's own, as a file of ours.
const map = await build({ ...ours, legalComments: "eof", entryPoints: { "map-gl": "src/map-gl.ts", "map-worker": "maplibre-gl/dist/maplibre-gl-worker.mjs" } });
const called = Object.fromEntries(namesOf(map).map((hashed) => [plainly(hashed), JSON.stringify(`/static/${hashed}`)]));

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
    "live-worker": "src/live-worker.ts",
    tocsin: "styles/tocsin-all.css",
    silent: "styles/silent.css",
  },
  define: { MAP_GL: called["map-gl.js"], MAP_WORKER: called["map-worker.js"] },
});

const manifest = Object.fromEntries([...namesOf(map), ...namesOf(pages)].map((hashed) => [plainly(hashed), hashed]));
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
