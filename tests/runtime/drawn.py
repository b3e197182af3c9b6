"""Drawings for the tests: plain ones, and those that somebody made to do harm."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from typing import Any

from PIL import Image, PngImagePlugin

from tocsin.runtime.drawings.reading import read
from tocsin.runtime.drawings.shapes import Drawn, Outlined, Unreadable

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 50">'
ROOM = '<rect x="10" y="10" width="30" height="30" fill="#00f"/>'


def svg(body: str = ROOM, head: str = HEAD, before: str = "") -> bytes:
    return f"{before}{head}{body}</svg>".encode()


def picture(size: tuple[int, int] = (64, 32), colour: str = "red", form: str = "PNG", **more: Any) -> bytes:
    """Half of it in this colour, so that there is something to be seen."""
    image = Image.new("RGB", size, "white")
    image.paste(colour, (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def inline(content: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def words_in_it(**said: str) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    for name, text in said.items():
        info.add_text(name, text)
        info.add_itxt(f"{name}-long", text, zip=True)
    return info


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def declared(width: int, height: int, rows: int = 1) -> bytes:
    """A PNG that says it is so large; of its white rows there are a few, packed as tightly as it goes."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packed = zlib.compress((b"\0" + b"\xff" * (-(-width // 8))) * rows, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def animated() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (64, 32), colour) for colour in ("red", "blue")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def square(lon: float = -87.63, lat: float = 41.88, side: float = 0.001) -> list[list[float]]:
    return [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]


def feature(name: str = "Lot B", *rings: Any, kind: str = "lot", **more: Any) -> dict[str, Any]:
    geometry = more.pop("geometry", {"type": "Polygon", "coordinates": list(rings) or [square()]})
    return {"type": "Feature", "properties": {"name": name, "kind": kind, **more}, "geometry": geometry}


def geojson(*features: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()


def drawn(content: bytes) -> Drawn:
    told = read(content)
    assert isinstance(told, Drawn), told
    return told


def outlined(content: bytes) -> Outlined:
    told = read(content)
    assert isinstance(told, Outlined), told
    return told


def refusal(content: bytes) -> Unreadable:
    told = read(content)
    assert isinstance(told, Unreadable), told
    return told


def image_of(told: Drawn) -> Image.Image:
    image = Image.open(io.BytesIO(told.picture))
    assert image.format == "PNG" and image.size == (told.width, told.height)
    return image
