"""The pages' languages: English as it stands in templates and code, Spanish by its catalogue.

How to add a string
-------------------
1. In a template write `{{ _("Save") }}`, `{{ _("%(name)s is suspended.", name=member.name) }}`,
   `{{ ngettext("%(num)s member", "%(num)s members", n) }}` or `{% trans %}…{% endtrans %}`; in code
   `visit._("Saved.")`.  A string that is chosen in a table and shown later is marked where it stands with `words("…")`,
   which gives it back, and is shown with `visit._(it)` or `{{ _(it) }}`.
   In what the browser draws, under `ui/src`, it is `t("Save")` and its kin: see the head of `ui/src/say.ts`.
2. Run `.venv/bin/python tools/translate.py`: it brings every new string into `locale/es/LC_MESSAGES/tocsin.po`, takes
   out what nobody uses, and prints what has no Spanish yet.
3. Write the Spanish into that file.  A test fails for a string that is missing, unused, empty or marked fuzzy, for one
   whose `%(…)s` differ, and for words in a template that nobody marked.

Catalogues are compiled in memory when they are first needed; nothing binary is kept.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from jinja2 import Environment, PackageLoader, StrictUndefined

LANGUAGES = ("en", "es")  # The first is what the strings are written in.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Say = Callable[..., str]


def words(text: str) -> str:
    """Marks a string for the catalogues; it is shown later."""
    return text


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language; of one that we do not speak, English."""
    if language not in LANGUAGES[1:]:
        return NullTranslations()
    source = files("tocsin.web") / "locale" / language / "LC_MESSAGES" / "tocsin.po"
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source.read_bytes()), locale=language))
    compiled.seek(0)
    return Translations(compiled)


@cache
def environment(language: str) -> Environment:
    """The templates in a language.  Everything is escaped; a name that nobody gave is an error, never an empty spot."""
    made = Environment(
        loader=PackageLoader("tocsin.web"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    spoken = translations(language)
    made.install_gettext_callables(  # type: ignore[attr-defined]
        spoken.ugettext, spoken.ungettext, newstyle=True
    )
    made.policies["ext.i18n.trimmed"] = True
    return made


def say_in(language: str) -> Say:
    """`_` of a language for code: `_("%(name)s is suspended.", name="Noor")`."""
    spoken = translations(language)

    def say(text: str, **values: object) -> str:
        told = str(spoken.ugettext(text))
        return told % values if values else told

    return say


def when(at_ms: int, language: str, time_zone: str = "UTC") -> str:
    """A moment for a person to read, in their site's time zone, named."""
    at = (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(_zone(time_zone))
    zone = at.tzname() or ""  # As people there write it; where they have no letters for it, by its distance from UTC.
    told = format_datetime(at, "d MMM y, H:mm", tzinfo=at.tzinfo, locale=language)
    return f"{told} {zone if zone.isalpha() else f'UTC{zone}'}"


def moment(at_ms: int) -> str:
    """The same for a machine: RFC 3339."""
    return (_EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="seconds")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


NAMES_OF_LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Espa\u00f1ol"}
