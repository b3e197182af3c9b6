"""The built scripts, styles, fonts and pictures: read once at start, served from memory under names that hash them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
GZIP_LEVEL = 9  # Paid once, at start.


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
    kept = {item.name: _read(item) for item in folder.iterdir() if PurePosixPath(item.name).suffix in MEDIA_TYPES}
    return Assets(kept, json.loads(manifest.read_text("utf-8")))


def _read(item: Traversable) -> Asset:
    plain = item.read_bytes()
    zipped = gzip.compress(plain, GZIP_LEVEL, mtime=0)
    return Asset(MEDIA_TYPES[PurePosixPath(item.name).suffix], plain, zipped if len(zipped) < len(plain) else None)
