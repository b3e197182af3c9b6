"""The page of a plan as a browser sends it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from bureau import Browser
from staff import Staffed
from tocsin.core.access.plan_versions import plan_of
from tocsin.core.directory import Plan
from tocsin.core.words import Kind

SOS, NONE = "/office/plans/centre/sos", "/office/plans/annex/sos"
Fields = dict[str, Any]


def fields(browser: Browser, page: str = SOS) -> Fields:
    """The form of this page, as a browser would send it unchanged."""
    return fields_in(browser.get(page).text)


def fields_in(page: str) -> Fields:
    body = page[page.index('class="planner"') :]
    found: Fields = {}
    for tag in re.findall(r"<input[^>]*>", body):
        kind, name, value = (attribute(tag, word) for word in ("type", "name", "value"))
        if name and name != "form_token" and not (kind == "checkbox" and " checked" not in tag):
            found.setdefault(name, []).append(value)
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = [unescape(chosen[1] if chosen else re.findall(r'value="([^"]*)"', options)[0])]
    for name, text in re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>([^<]*)</textarea>', body):
        found[name] = [unescape(text)]
    return found


def attribute(tag: str, name: str) -> str:
    found = re.search(rf' {name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


def press(browser: Browser, form: Fields, do: str, page: str = SOS, **changed: Any) -> Any:
    sent = {name.replace("__", "-"): value for name, value in changed.items()}
    return browser.post(page, {**form, "do": do, **sent})


def plan(known: Staffed, site: str = "centre", kind: Kind = Kind.SOS) -> Plan | None:
    return plan_of(known.directory, site, kind)


def words(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))
