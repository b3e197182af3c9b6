// Builds the pages into the Python package, where the wheel picks them up. No file here reaches for another host.
// Every output carries a hash of its content in its name; manifest.json says which name the pages ask for.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { build } from "esbuild";
import { teaching } from "./catalogue.mjs";

const out = "../src/tocsin/web/static";
const catalogue = "../src/tocsin/web/locale/es/LC_MESSAGES/tocsin.po";
mkdirSync(out, { recursive: true });

const { metafile } = await build({
  entryPoints: {
    phone: "src/phone.ts",
    console: "src/console.ts",
    colleagues: "src/colleagues.ts",
    passkey: "src/passkey.ts",
    link: "src/link.ts",
    desk: "src/desk.ts",
    wallboard: "src/wallboard.ts",
    "live-worker": "src/live-worker.ts",
    tocsin: "styles/tocsin-all.css",
    silent: "styles/silent.css",
  },
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
});

const manifest = {};
for (const hashed of Object.keys(metafile.outputs).map((path) => basename(path))) {
  manifest[hashed.replace(/-[0-9A-Z]{8}(\.\w+)$/, "$1")] = hashed;
}
writeFileSync(`${out}/manifest.json`, JSON.stringify(manifest, null, 1) + "\n");
// What an earlier build left goes last: whoever reads the folder meanwhile finds one whole build, the old or the new.
const kept = new Set(["manifest.json", ...Object.values(manifest)]);
for (const name of readdirSync(out)) if (!kept.has(name)) rmSync(`${out}/${name}`, { recursive: true });
console.log(Object.values(manifest).join(" "));
