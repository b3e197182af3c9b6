"""Forms that carry a file: read in memory, never to a disk, and within the bound of their route."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from tocsin.core.limits import BODY_MAX_BYTES, FORM_FIELDS_MAX
from tocsin.web.forms import Form, read_form
from tocsin.web.speaking import Say


class Upload(Struct, frozen=True):
    """A file as somebody chose it.  Nobody chose one: empty, and without a name."""

    name: str = ""
    content: bytes = b""


def read_posted(content_type: str, body: bytes, say: Say) -> tuple[Form, dict[str, Upload]]:
    """A posted form and its files, by field.  Raises ValueError: it is none, or has more parts than any of ours.

    What is long comes in parts, each as it is.  Written as one line it may have an escape in every third byte, and to
    undo them takes seconds of everybody's time: sixteen megabytes of them, five.
    """
    kind, options = parse_options_header(content_type)
    if kind.lower() != "multipart/form-data":
        if len(body) > BODY_MAX_BYTES:
            raise ValueError("no form")
        return read_form(body, say), {}
    typed: dict[str, list[str]] = {}
    files: dict[str, Upload] = {}
    try:
        for part, content in _parts(options.get("boundary", ""), body):
            if part.filename is None:
                typed.setdefault(part.name, []).append(content.decode("utf-8", "replace"))
            elif part.filename or content:
                files[part.name] = Upload(part.filename, content)
    except MultipartError:
        raise ValueError("no form") from None
    return Form(typed, say), files


def _parts(boundary: str, body: bytes) -> Iterator[tuple[MultipartSegment, bytes]]:
    with PushMultipartParser(boundary, len(body), max_segment_count=FORM_FIELDS_MAX) as parser:
        part, chunks = None, bytearray()
        for told in parser.parse(body):
            if isinstance(told, MultipartSegment):
                part, chunks = told, bytearray()
            elif told:
                chunks += told
            elif part is not None:
                yield part, bytes(chunks)
                part = None
        parser.parse(b"")
