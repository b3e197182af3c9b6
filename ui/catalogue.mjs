// The catalogue of the server's pages, as the scripts get it: `t("Ready")` becomes `t(["Ready","Listo"])`, so that a script
// carries the Spanish of exactly what it says. tools/translate.py has written down which file marks which string. What has
// no Spanish yet stays English; a test fails for it.
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const LINE = /^(msgid|msgid_plural|msgstr|msgstr\[(\d)\]) ("(?:[^"\\]|\\.)*")$/;

/** What a .po file says, by the file in which each string is marked: `Map("desk.ts" -> Map(english -> spanish))`. */
export function spoken(path, folder) {
  const found = new Map();
  for (const block of readFileSync(path, "utf8").replaceAll("\r\n", "\n").split(/\n{2,}/)) {
    const { english, spanish, files } = read(block, path);
    if (!english[0] || spanish.length !== english.length || spanish.includes("")) continue;
    for (const file of files.filter((name) => name.startsWith(folder))) {
      const mine = found.get(basename(file)) ?? new Map();
      english.forEach((form, place) => mine.set(form, spanish[place]));
      found.set(basename(file), mine);
    }
  }
  return found;
}

/** One entry. Whatever this does not know stops the build: half a sentence must not reach a page. */
function read(block, path) {
  const entry = { english: [], spanish: [], files: [], last: null };
  for (const line of block.split("\n")) {
    if (line.startsWith("#:")) entry.files.push(...line.slice(2).trim().split(/\s+/));
    else if (line.startsWith("#") || line === "") continue;
    else if (line.startsWith('"') && entry.last) entry.last(JSON.parse(line));
    else begin(entry, line, path);
  }
  return entry;
}

function begin(entry, line, path) {
  const [, key, form = "0", text] = LINE.exec(line) ?? [];
  if (!key) throw new Error(`${path}: cannot read ${line}`);
  const [forms, place] = key === "msgid" ? [entry.english, 0] : key === "msgid_plural" ? [entry.english, 1] : [entry.spanish, Number(form)];
  entry.last = (more) => (forms[place] = (forms[place] ?? "") + more);
  entry.last(JSON.parse(text));
}

const MARK = /\b(t|words|weave|plural)(\(\s*)("(?:[^"\\]|\\.)*")(?:(,\s*)("(?:[^"\\]|\\.)*"))?/g;

/** This source with its Spanish in it, and what the catalogue says is marked here and is not: it is out of date then. */
export function taught(source, mine) {
  const found = new Set();
  const both = (literal) => {
    const english = JSON.parse(literal);
    if (!mine.has(english)) return literal;
    found.add(english);
    return JSON.stringify([english, mine.get(english)]);
  };
  const told = source.replace(MARK, (_, name, open, one, comma = "", many = "") =>
    `${name}${open}${both(one)}${comma}${name === "plural" && many ? both(many) : many}`);
  return { told, lost: [...mine.keys()].filter((english) => !found.has(english)) };
}

/** For esbuild: gives every file the Spanish of its own strings. */
export function teaching(path, folder) {
  return {
    name: "teaching",
    setup({ onLoad }) {
      const found = spoken(path, folder);
      onLoad({ filter: /[\\/]src[\\/][\w-]+\.ts$/ }, ({ path: file }) => {
        const mine = found.get(basename(file));
        if (!mine) return undefined;
        const { told, lost } = taught(readFileSync(file, "utf8"), mine);
        const text = `${basename(file)} no longer says ${lost.join(" | ")}: run tools/translate.py`;
        return { contents: told, loader: "ts", warnings: lost.length ? [{ text }] : [] };
      });
    },
  };
}
