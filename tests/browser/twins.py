"""Everything that a page shows and knows, and everything that went over its wire, so that two tales can be compared.

Nothing is left out and nothing rounded.  Only what is random or of the machine is masked: ids and keys become the
number of their first appearance in their own tale, so that who is who still counts; so do the port and the clock of the
web server.  Times are not masked at all: they are those of the story's own clock, in the page as well.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
KEY = r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"
WEB_SERVER_CLOCK = r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"
PORT = r"(?<=localhost:)\d+"
RANDOM = re.compile(f"(?P<ID>{UUID})|(?P<KEY>{KEY})|{WEB_SERVER_CLOCK}|{PORT}")
KNOWN = """async () => {
  const entries = store => Object.fromEntries(Object.entries(store).sort());
  const asked = request => new Promise((found, failed) => {
    request.onsuccess = () => found(request.result);
    request.onerror = () => failed(request.error);
  });
  const databases = {};
  for (const { name, version } of await indexedDB.databases()) {
    const database = await asked(indexedDB.open(name, version));
    for (const store of database.objectStoreNames) {
      const all = what => asked(database.transaction(store).objectStore(store)[what]());
      databases[`${name} ${version} ${store}`] = [await all("getAllKeys"), await all("getAll")];
    }
    database.close();
  }
  const kept = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    const size = async request => (await (await cache.match(request)).text()).length;
    const sizes = (await cache.keys()).map(async request => [request.url, await size(request)]);
    kept[name] = (await Promise.all(sizes)).sort();
  }
  const worker = await navigator.serviceWorker.getRegistration();
  const notifications = (await worker?.getNotifications()) ?? [];
  const controls = [...document.querySelectorAll("input, textarea, details")];
  return {
    title: document.title,
    url: location.href,
    referrer: document.referrer,
    focused: document.activeElement?.outerHTML,
    controls: controls.map(({ id, value, checked, open }) => [id, value, checked, open]),
    page: document.documentElement.outerHTML,
    local: entries(localStorage),
    tab: entries(sessionStorage),
    databases,
    kept,
    shown: notifications.map(({ title, body, tag, data }) => ({ title, body, tag, data })),
  };
}"""
PRESSES_KEPT = """async () => {
  if (!(await indexedDB.databases()).some(one => one.name === "tocsin")) return false;
  const open = await new Promise(found => {
    const asked = indexedDB.open("tocsin");
    asked.onsuccess = () => found(asked.result);
  });
  const names = await new Promise(found => {
    const asked = open.transaction("kept").objectStore("kept").getAllKeys();
    asked.onsuccess = () => found(asked.result);
  });
  open.close();
  return names.some(name => name.startsWith("press/"));
}"""


class Mask:
    """Of one tale: what is random in it, by the order in which it appeared."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}
        self._many: dict[str, int] = {}

    def __call__(self, seen: Any) -> str:
        text = seen if isinstance(seen, str) else json.dumps(seen, separators=(",", ":"), ensure_ascii=False)
        return RANDOM.sub(self._name, text)

    def _name(self, found: re.Match[str]) -> str:
        kind, text = found.lastgroup, found.group()
        if kind is None:
            return "-" * len(text)  # As long as it was: sizes count.
        if text not in self._seen:
            self._many[kind] = self._many.get(kind, 0) + 1
            self._seen[text] = f"{kind}{self._many[kind]}".ljust(len(text), "-")
        return self._seen[text]


@dataclass
class Step:
    """What there was to see at one moment of a tale, under the name of each part."""

    when: str
    parts: dict[str, str] = field(default_factory=dict)


def looked(page: Page, mask: Mask, when: str) -> Step:
    """Everything that this page shows and keeps now."""
    known: dict[str, Any] = page.evaluate(KNOWN)
    known["cookies"] = page.context.cookies()
    return Step(when, {name: mask(part) for name, part in known.items()})


def differences(one: list[Step], other: list[Step]) -> list[str]:
    """Where two tales part, in words; empty where nobody could tell which is which."""
    assert [step.when for step in one] == [step.when for step in other]
    return [
        f"{mine.when}, {name}: {_parting(mine.parts.get(name, ''), theirs.parts.get(name, ''))}"
        for mine, theirs in zip(one, other, strict=True)
        for name in sorted(mine.parts | theirs.parts)
        if mine.parts.get(name) != theirs.parts.get(name)
    ]


def _parting(one: str, other: str) -> str:
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{one[max(at - 60, 0) : at + 120]!r} is not {other[max(at - 60, 0) : at + 120]!r}"
