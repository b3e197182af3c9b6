// The catalogue of the server's pages, as the scripts get it: each file is given the Spanish of the strings that it marks,
// which tools/translate.py has written down beside them. What has no Spanish yet stays English; a test fails for it.
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const LINE = /^(msgid|msgid_plural|msgstr|msgstr\[(\d)\]) ("(?:[^"\\]|\\.)*")$/;

/** What a .po file says, by the file in which each string is marked: `Map("say.ts" -> {english: spanish})`. */
export function spoken(path, folder) {
  const found = new Map();
  for (const block of readFileSync(path, "utf8").replaceAll("\r\n", "\n").split(/\n{2,}/)) {
    const { english, spanish, files } = read(block, path);
    if (!english || !spanish.length || spanish.includes("")) continue;
    for (const file of files.filter((name) => name.startsWith(folder))) {
      const mine = found.get(basename(file)) ?? {};
      mine[english] = spanish.length === 1 ? spanish[0] : spanish;
      found.set(basename(file), mine);
    }
  }
  return found;
}

/** One entry. Whatever this does not know stops the build: half a sentence must not reach a page. */
function read(block, path) {
  const entry = { msgid: "", spanish: [], files: [], last: null };
  for (const line of block.split("\n")) {
    if (line.startsWith("#:")) entry.files.push(...line.slice(2).trim().split(/\s+/));
    else if (line.startsWith("#") || line === "") continue;
    else if (line.startsWith('"') && entry.last) entry.last(JSON.parse(line));
    else begin(entry, line, path);
  }
  return { ...entry, english: entry.msgid };
}

function begin(entry, line, path) {
  const [, key, form = "0", text] = LINE.exec(line) ?? [];
  if (!key) throw new Error(`${path}: cannot read ${line}`);
  if (key === "msgid") entry.last = (more) => (entry.msgid += more);
  else if (key === "msgid_plural") entry.last = () => undefined;
  else entry.last = (more) => (entry.spanish[Number(form)] = (entry.spanish[Number(form)] ?? "") + more);
  entry.last(JSON.parse(text));
}

/** For esbuild: appends its Spanish to every file that has words. */
export function teaching(path, folder) {
  return {
    name: "teaching",
    setup({ onLoad }) {
      const found = spoken(path, folder);
      onLoad({ filter: /[\\/]src[\\/][\w-]+\.ts$/ }, ({ path: file }) => {
        const mine = found.get(basename(file));
        if (!mine) return undefined;
        const taught = `\nimport { teach as taught } from "./say.ts";\ntaught(${JSON.stringify(mine)});\n`;
        return { contents: readFileSync(file, "utf8") + taught, loader: "ts" };
      });
    },
  };
}
