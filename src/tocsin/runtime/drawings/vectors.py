"""Drawings made of lines (SVG): written anew with what may stand on a plan, then drawn as pixels by typst.

Theory of operation
-------------------
The file is read without ever following anything: entities are refused, and so is whatever points out of the file, for
typst would look for a picture beside the server's own files.  What is left is written anew from a list of elements, so
that the drawing has no script, no link and no page in it when it is drawn; the process that draws opens no file by then
(`seal`).  What comes out is a PNG of ours.  Pictures inside are opened and written anew like any other first.

Lettering is drawn in the letters that typst brings.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import io
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes
from xml.etree.ElementTree import Element  # nosec B405 - the type; defusedxml reads.
from xml.sax.saxutils import escape, quoteattr  # nosec B406 - it writes.

import typst
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from PIL import Image

from tocsin.core.limits import DRAWING_DEPTH_MAX, DRAWING_PARTS_MAX, DRAWING_PIXELS_MAX, DRAWING_SIDE_MAX_PX
from tocsin.runtime.drawings import pictures
from tocsin.runtime.drawings.shapes import Drawn, Left, No, Nothing

# In which drawings are written besides UTF-8; they could not be loaded any more once the process is sealed.
ENCODINGS = ("utf-16", "ascii", "cp437", "cp850", "cp1250", "cp1251", "cp1252", "latin-1", "iso8859-2", "iso8859-15")
LOADED = tuple(codecs.lookup(name) for name in (*ENCODINGS, "koi8-r", "mac-roman"))
SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
KEPT = frozenset(
    {"svg", "g", "a", "switch", "symbol", "use", "defs", "marker", "clipPath", "mask", "pattern", "style", "image"}
    | {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath"}
    | {"linearGradient", "radialGradient", "stop"}
)
# What is not drawn, and what of it somebody should know: who wrote words on a page inside may miss them.
LEFT_OUT = {"script": Left.SCRIPT, "handler": Left.SCRIPT, "foreignObject": Left.WEB_PAGE, "filter": Left.EFFECTS}
OUTSIDE = re.compile(r"url\(\s*['\"]?\s*(?![#'\"\s])|\bjavascript:|\bexpression\(|@import|@font-face", re.IGNORECASE)
FILTER = re.compile(r"(?<![\w-])filter\s*:[^;}]*;?", re.IGNORECASE)
FONTS = re.compile(r"@import[^;]*;?|@font-face\s*\{[^}]*\}", re.IGNORECASE)
DATA = re.compile(r"data:image/[\w.+-]+((?:;[\w=-]+)*),(.*)", re.DOTALL | re.IGNORECASE)
LENGTH = re.compile(r"\s*\+?(\d*\.?\d+(?:e[+-]?\d+)?)\s*(px|pt|pc|mm|cm|in)?\s*", re.IGNORECASE)
PIXELS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
SIZE_MIN, SIZE_MAX = 1e-3, 1e9  # Of the paper, in its own unit.
FRAME = b"""
#set page(width: float(sys.inputs.width) * 1pt, height: float(sys.inputs.height) * 1pt)
#set page(margin: 0pt, fill: white)
#image(bytes(sys.inputs.drawing), format: "svg", width: 100%, height: 100%, fit: "stretch")"""


def read(text: bytes) -> Drawn:
    """Raises Nothing."""
    root = _parsed(text)
    if _name(root) != "svg":
        raise Nothing(No.UNKNOWN_KIND)
    box = _box(root)
    writer = _Writer()
    drawing = writer.whole(root, box)
    scale = DRAWING_SIDE_MAX_PX / max(box[2:])
    width, height = (max(round(side * scale), 1) for side in box[2:])
    image = _drawn(drawing, width, height)
    return pictures.made_of(image, tuple(dict.fromkeys(writer.left_out)))


def _parsed(text: bytes) -> Element:
    """The tree, within bounds from its first element on.  Raises Nothing."""
    deep = count = 0
    root: Element | None = None
    try:
        for event, element in iterparse(io.BytesIO(text), ("start", "end")):
            root = element if root is None else root
            deep += 1 if event == "start" else -1
            count += event == "start"
            if deep > DRAWING_DEPTH_MAX:
                raise Nothing(No.TOO_DEEP, str(DRAWING_DEPTH_MAX))
            if count > DRAWING_PARTS_MAX:
                raise Nothing(No.TOO_MANY_PARTS, str(DRAWING_PARTS_MAX))
    except DefusedXmlException:
        raise Nothing(No.OWN_WORDS) from None
    except (ParseError, ValueError, LookupError, OSError):
        raise Nothing(No.DAMAGED) from None
    if root is None:
        raise Nothing(No.DAMAGED)
    return root


def _name(element: Element) -> str:
    """Of an element of a drawing; of any other, nothing."""
    tag = str(element.tag)
    return tag.removeprefix(SVG) if tag.startswith(SVG) or not tag.startswith("{") else ""


def _box(root: Element) -> tuple[float, float, float, float]:
    """What is seen of it: its corner, width and height.  Raises Nothing."""
    box = [_number(one) for one in re.split(r"[\s,]+", root.get("viewBox", "").strip())]
    sides = [_length(root.get("width", "")), _length(root.get("height", ""))]
    x, y, width, height = box if len(box) == 4 else [0.0, 0.0, *sides]
    if not all(abs(one) <= SIZE_MAX for one in (x, y)) or not all(
        SIZE_MIN <= one <= SIZE_MAX for one in (width, height)
    ):
        raise Nothing(No.NO_SIZE)
    pictures.check_sides(width, height)
    return x, y, width, height


def _number(text: str) -> float:
    """Nothing that could be used is no number, which no bound holds."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _length(text: str) -> float:
    found = LENGTH.fullmatch(text)
    return float(found[1]) * PIXELS[(found[2] or "").lower()] if found else float("nan")


class _Writer:
    """Writes a drawing anew."""

    def __init__(self) -> None:
        self.left_out: list[Left] = []
        self._pixels = 0

    def whole(self, root: Element, box: tuple[float, float, float, float]) -> str:
        """Raises Nothing."""
        for size in ("x", "y", "width", "height", "viewBox", "preserveAspectRatio"):
            root.attrib.pop(size, None)
        x, y, width, height = (f"{one:g}" if one == int(one) and abs(one) < 1e5 else repr(one) for one in box)
        frame = f'xmlns="{SVG[1:-1]}" viewBox="{x} {y} {width} {height}" width="{width}" height="{height}"'
        return "".join(self._element(root, frame))

    def _element(self, element: Element, frame: str = "") -> Iterator[str]:
        name = _name(element)
        if name in KEPT:
            yield f"<{name} {frame}"
            yield from self._attributes(element, name)
            yield ">"
            yield escape(self._style(element.text or "") if name == "style" else element.text or "")
            for child in element:
                yield from self._element(child)
            yield f"</{name}>"
        elif name in LEFT_OUT:
            self.left_out.append(LEFT_OUT[name])
        if not frame:
            yield escape(element.tail or "")

    def _attributes(self, element: Element, name: str) -> Iterator[str]:
        for key, value in element.attrib.items():
            if key in ("href", f"{XLINK}href"):
                yield from self._reference(name, value.strip())
            elif key.lower().startswith("on"):
                self.left_out.append(Left.SCRIPT)
            elif key == "filter":
                self.left_out.append(Left.EFFECTS)
            elif re.fullmatch(r"[A-Za-z][\w-]*", key) and key != "xmlns":
                yield f" {key}={quoteattr(self._style(value) if key == 'style' else self._inside(value, name))}"

    def _reference(self, name: str, where: str) -> Iterator[str]:
        """Raises Nothing: it points out of the file."""
        if name == "a":
            self.left_out.append(Left.LINKS)
        elif where.startswith("#"):
            yield f" href={quoteattr(where)}"
        elif name == "image" and where[:5].lower() == "data:":
            yield f' href="{self._picture(where)}"'
        elif where:
            raise Nothing(No.ELSEWHERE, name)

    def _style(self, text: str) -> str:
        if FONTS.search(text):
            self.left_out.append(Left.LETTERING)
            text = FONTS.sub("", text)
        if FILTER.search(text):  # What points to an effect that is not there would not be drawn at all.
            self.left_out.append(Left.EFFECTS)
            text = FILTER.sub("", text)
        return self._inside(text, "style")

    def _inside(self, text: str, name: str) -> str:
        """Raises Nothing: it points out of the file."""
        if OUTSIDE.search(text):
            raise Nothing(No.ELSEWHERE, name)
        return text

    def _picture(self, where: str) -> str:
        """A picture inside, written anew.  Raises Nothing."""
        found = DATA.fullmatch(where)
        if found is None:
            raise Nothing(No.PICTURE_INSIDE)
        try:
            packed = unquote_to_bytes(found[2])
            content = base64.b64decode(packed) if "base64" in found[1].lower() else packed
            image = pictures.opened(content, ("PNG", "JPEG"))
        except (binascii.Error, Nothing):
            raise Nothing(No.PICTURE_INSIDE) from None
        self._pixels += image.width * image.height
        if self._pixels > DRAWING_PIXELS_MAX:
            raise Nothing(No.TOO_MANY_PIXELS, str(DRAWING_PIXELS_MAX // 1_000_000))
        out = io.BytesIO()
        image.save(out, "PNG", compress_level=1)
        return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def _drawn(drawing: str, width: int, height: int) -> Image.Image:
    """Raises Nothing."""
    asked = {"drawing": drawing, "width": str(width), "height": str(height)}
    try:
        made = typst.compile(FRAME, format="png", ppi=72, sys_inputs=asked, ignore_system_fonts=True)
    except RuntimeError:  # It is well written, for we wrote it: there is too much in it.
        raise Nothing(No.TOO_HARD) from None
    assert isinstance(made, bytes)
    with Image.open(io.BytesIO(made), formats=("PNG",)) as image:
        return image.convert("RGB")
