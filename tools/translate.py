"""Bring the pages' catalogues up to date: every string that is marked, none that nobody uses.

Marked are strings of the templates and of the Python under `web/`, of the scripts under `ui/src`, and some of the core.

`tools/translate.py` rewrites `src/tocsin/web/locale/*/LC_MESSAGES/tocsin.po`, keeps what is translated, and prints what
is not.  `tests/web/test_translations.py` asks the same questions and fails where this would change anything.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from typescript import Unreadable, marks

from tocsin.core import because, pins
from tocsin.core.access import acts, permissions, weakens

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "src" / "tocsin" / "web"
SCRIPTS = ROOT / "ui" / "src"
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {"_": None, "say": None, "words": None, "gettext": None, "ngettext": (1, 2)}


def wanted() -> Catalog:
    """Every string that a page may show: the marked ones, and the core's own sentences."""
    catalog = Catalog(charset="utf-8")
    for file, _, message, comments, context in extract_from_dir(
        str(WEB), METHODS, OPTIONS, keywords=KEYWORDS, strip_comment_tags=True
    ):
        catalog.add(message, locations=[(Path(file).as_posix(), 0)], auto_comments=comments, context=context)
    for source, sentence in [*of_the_core(), *of_the_scripts()]:
        catalog.add(sentence, locations=[(source, 0)])
    return catalog


def of_the_core() -> Iterator[tuple[str, str]]:
    """What the rules say in sentences of their own."""
    yield from (("core/because.py", sentence) for sentence in because.SENTENCES.values())
    yield from (("core/pins.py", sentence) for sentence in pins.SENTENCES.values())
    yield from (("core/access/acts.py", sentence) for sentence in acts.SENTENCES.values())
    yield from (("core/access/weakens.py", sentence) for sentence in weakens.SENTENCES.values())
    yield from (("core/access/permissions.py", line.sentence) for line in permissions.TABLE)


def of_the_scripts() -> Iterator[tuple[str, str | tuple[str, str]]]:
    """What the pages say that the browser draws.  Raises Unreadable, which names the file and the line."""
    for path in sorted(SCRIPTS.glob("*.ts")):
        try:
            yield from ((path.relative_to(ROOT).as_posix(), mark.said) for mark in marks(path.read_text("utf-8")))
        except Unreadable as error:
            raise Unreadable(f"{path.relative_to(ROOT)}, {error}") from error


def catalogues() -> Iterable[Path]:
    return sorted(WEB.glob("locale/*/LC_MESSAGES/tocsin.po"))


def read(path: Path) -> Catalog:
    return read_po(io.BytesIO(path.read_bytes()), locale=path.parents[1].name)


def brought_up_to_date(path: Path) -> bytes:
    """This catalogue with exactly the strings that are wanted.  A guess at a translation is never made."""
    old, new = read(path), wanted()
    for message in new:
        known = old.get(message.id, message.context) if message.id else None
        if known is not None and not known.fuzzy:
            message.string = known.string
    new.locale, new.fuzzy = old.locale, False
    new.header_comment = "# What the pages say, in this language.  See the head of web/speaking.py."
    told = io.BytesIO()
    write_po(told, new, width=120, sort_output=True, omit_header=True, include_lineno=False)
    plural = f"nplurals={new.num_plurals}; plural={new.plural_expr};"
    return (HEADER % (path.parents[1].name, plural)).encode() + told.getvalue()


HEADER = """\
# What the pages say in this language; web/speaking.py tells how to add a string.
msgid ""
msgstr ""
"Language: %s\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: %s\\n"

"""


def missing(catalog: Catalog) -> list[str]:
    """Strings without a translation, or with one that nobody has looked at."""
    return [str(m.id) for m in catalog if m.id and (m.fuzzy or not _whole(m.string))]


def _whole(said: object) -> bool:
    return all(said) if isinstance(said, list | tuple) else bool(said)


def main() -> int:
    for path in catalogues():
        path.write_bytes(brought_up_to_date(path))
        untold = missing(read(path))
        print(f"{path.parents[1].name}: {len(untold)} without a translation", *untold, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
