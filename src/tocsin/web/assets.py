"""The built scripts, styles, fonts and pictures: read once at start, served from memory under names that hash them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
ZIPPED = ".gz"  # The build leaves it beside what it makes smaller: zipping the map at a start would hold the start up.
GZIP_LEVEL = 9  # Where the build left none.


@dataclass(frozen=True)
class Asset:
    """One file as it goes over the wire.  `zipped` is None where zipping saves nothing (fonts)."""

    media_type: str
    plain: bytes
    zipped: bytes | None


@dataclass(frozen=True)
class Assets:
    """All files by their hashed name, and the hashed name of each name that a page asks for."""

    files: Mapping[str, Asset] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def built(self) -> bool:
        return bool(self.names)

    def url(self, name: str) -> str:
        """The path of a page's asset; a KeyError means that the build and the template disagree."""
        return f"/static/{self.names[name]}"


def load_assets(folder: Traversable | None = None) -> Assets:
    """Read the build, by default the package's own.  Without one the result is empty: the pages say so, no more."""
    folder = folder if folder is not None else files("tocsin.web") / "static"
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        return Assets()
    names = {item.name for item in folder.iterdir()}
    kept = {name: _read(folder, name, names) for name in names if PurePosixPath(name).suffix in MEDIA_TYPES}
    return Assets(kept, json.loads(manifest.read_text("utf-8")))


def _read(folder: Traversable, name: str, names: Container[str]) -> Asset:
    plain, beside = (folder / name).read_bytes(), name + ZIPPED
    zipped = (folder / beside).read_bytes() if beside in names else gzip.compress(plain, GZIP_LEVEL, mtime=0)
    return Asset(MEDIA_TYPES[PurePosixPath(name).suffix], plain, zipped if len(zipped) < len(plain) else None)
