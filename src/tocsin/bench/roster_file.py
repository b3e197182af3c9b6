"""A roster of thousands of lines, sent as the page's own form sends it: what would it change?

The file is read in a process of its own and weighed in a thread: nobody but who asked waits for it.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from tocsin.bench.hospital import HOSPITAL
from tocsin.bench.reader import Posted, Reader, Spent
from tocsin.bench.town import Town
from tocsin.bench.ways_in import now_ms

LINES = 10_000
DAYS_AHEAD = 7
TURNS = (("07:00", "15:00"), ("15:00", "23:00"), ("23:00", "07:00"))
TOKEN = re.compile(rb'name="form_token" value="([^"]+)"')
PATH = "/office/roster/import"
BOUNDARY = "tocsin-bench"
READ = b'name="reading"'


def roster_weighed(here: Town, token: str, people: list[str], times: int) -> dict[str, Any]:
    """Milliseconds until the page stands that says what it would change, and the server's work on it."""
    with contextlib.closing(Reader(here, token)) as reader:
        file = RosterFile(reader, people)
        spent = [file.weighed() for _ in range(times)]
    return {
        "import_lines": LINES,
        "import_p50_ms": round(median(one.taken_ms for one in spent)),
        "import_max_ms": round(max(one.taken_ms for one in spent)),
        "import_worked_p50_ms": round(median(one.worked_ms for one in spent)),
    }


class RosterFile:
    """A file that names each of these people in turn, as many days in a row as it takes."""

    def __init__(self, reader: Reader, people: list[str]) -> None:
        self._reader, self._table = reader, "\n".join(["member,date,start,end", *_lines(people)])

    def weighed(self) -> Spent:
        """The page that says what it would change.  Raises RuntimeError where the page says that it cannot be read."""
        self._reader.ask(f"{PATH}?site={HOSPITAL}")
        token = TOKEN.findall(self._reader.body)[0].decode()
        fields = {"form_token": token, "site": HOSPITAL, "dates": "", "pasted": ""}
        spent = self._reader.ask(PATH, _form(fields, self._table))
        if READ not in self._reader.body:
            raise RuntimeError("the roster of the bench was not read")
        return spent


def _lines(people: list[str]) -> Iterator[str]:
    first = datetime.fromtimestamp(now_ms() / 1_000, UTC).date() + timedelta(days=DAYS_AHEAD)
    for number in range(LINES):
        begins, ends = TURNS[number % len(TURNS)]
        yield f"{people[number % len(people)]},{first + timedelta(days=number // len(people))},{begins},{ends}"


def _form(fields: dict[str, str], table: str) -> Posted:
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    parts.append(
        f'Content-Disposition: form-data; name="file"; filename="roster.csv"\r\nContent-Type: text/csv\r\n\r\n{table}'
    )
    body = "".join(f"--{BOUNDARY}\r\n{part}\r\n" for part in parts) + f"--{BOUNDARY}--\r\n"
    return Posted(body.encode(), f"multipart/form-data; boundary={BOUNDARY}")
