"""A process of its own that turns a report's data into a PDF: JSON comes in, the file goes out, and it ends.

`python -m tocsin.web.history.typesetting` reads `{"data": ..., "at_s": ...}` from its standard input and writes the PDF
to its standard output.  It works at the lowest priority and within bounds of memory and time, so that whatever somebody
wrote into a note costs no press anything.  It reads the template beside it and no other file, and asks no network:
there are no packages in the template, and the fonts are those that typst brings.  The same data give the same bytes.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from importlib import resources

MEMORY_MAX_BYTES = 2 * 2**30
SPENT_MAX_S = 20


def main() -> None:
    os.nice(19)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX_BYTES, MEMORY_MAX_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SPENT_MAX_S, SPENT_MAX_S))
    given = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(typeset(json.dumps(given["data"]), int(given["at_s"])))


def typeset(data: str, at_s: int) -> bytes:
    """The report as PDF/UA-1: tagged, with its language and title.  `at_s`: the date that the file bears."""
    import typst  # Only in that process: the server itself never sets anything.

    return typst.compile(
        template(),
        format="pdf",
        sys_inputs={"data": data},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=at_s,
    )


def template() -> bytes:
    return resources.files("tocsin.web.history").joinpath("report.typ").read_bytes()


if __name__ == "__main__":
    main()
