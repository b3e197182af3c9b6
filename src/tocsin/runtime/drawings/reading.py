"""Bytes into a drawing: what kind of file it is, by what is in it, and what it shows.  As slow as the file is hard."""

from __future__ import annotations

import re

from tocsin.core.limits import DRAWING_FILE_MAX_BYTES
from tocsin.runtime.drawings import geojson, pictures, vectors
from tocsin.runtime.drawings.shapes import No, Nothing, Read, Unreadable

HEAD_BYTES = 4_096
PNG = b"\x89PNG\r\n\x1a\n"
# What people send instead, and how it is called, by its first bytes.
OTHERS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"%PDF", "PDF"),
    (b"%!PS", "PostScript"),
    (b"AC10", "AutoCAD DWG"),
    (b"PK\x03\x04", "ZIP"),
    (b"\x1f\x8b", "GZIP"),
    (b"RIFF", "WebP"),
    (b"\0\0\0\x0cjP", "JPEG 2000"),
)
DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
PAGES = (b"<!doctype html", b"<html", b"<head", b"<body")


def read(content: bytes) -> Read:
    """The picture, or the places; or why neither.  Never raises for what is in it, but MemoryError."""
    try:
        return _read(content)
    except Nothing as nothing:
        return Unreadable(nothing.why, nothing.detail)


def _read(content: bytes) -> Read:
    if len(content) > DRAWING_FILE_MAX_BYTES:
        raise Nothing(No.TOO_LARGE, str(DRAWING_FILE_MAX_BYTES // 1_048_576))
    if not content.strip():
        raise Nothing(No.EMPTY)
    if content.startswith(PNG):
        return pictures.read(content)
    for first, name in OTHERS:
        if content.startswith(first):
            raise Nothing(No.OTHER_KIND, name)
    if content[4:12] in (b"ftypheic", b"ftypmif1", b"ftypavif"):
        raise Nothing(No.OTHER_KIND, "HEIC")
    return _read_text(content)


def _read_text(content: bytes) -> Read:
    text = _plain(content)
    head = text[:HEAD_BYTES].lstrip()
    if head.lower().startswith(PAGES):
        raise Nothing(No.OTHER_KIND, "HTML")
    if head.startswith(b"<"):
        return vectors.read(text)
    if head.startswith((b"{", b"[")):
        return geojson.read(text)
    raise Nothing(No.UNKNOWN_KIND)


def _plain(content: bytes) -> bytes:
    """As UTF-8 where it says itself that it is something wider; an older encoding XML names in its first line.

    Raises Nothing.
    """
    if not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.removeprefix(b"\xef\xbb\xbf")
    try:
        text = content.decode("utf-16")
    except UnicodeDecodeError:
        raise Nothing(No.DAMAGED) from None
    return DECLARED.sub("", text, count=1).encode()
