"""Pictures made of pixels: opened within bounds, put on white, and written anew.

Nothing of the file but its pixels is kept: no words in it, no place and time, no profile, nothing behind see-through
ones.
"""

from __future__ import annotations

import io
import struct
import zlib

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
)

from tocsin.core.limits import (
    DRAWING_PIXELS_MAX,
    DRAWING_SIDE_MAX_PX,
    PICTURE_MAX_BYTES,
    SHEET_TALL_MAX_UNITS,
    SHEET_UNITS,
)
from tocsin.runtime.drawings.shapes import Drawn, Left, No, Nothing

# What Pillow looks for when it needs it, and could not load any more by then.
LOADED = (BmpImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, PpmImagePlugin)
LOADED_LATER = (MpoImagePlugin, TiffImagePlugin)  # For several pictures in one, and for how a picture lies.
SIDE_MIN_PX = 16
RATIO_MAX = SHEET_TALL_MAX_UNITS // SHEET_UNITS  # One side to the other; a longer sheet cannot be kept.
COLOURS_MAX = 256
SMALLER = 0.75
BROKEN = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, struct.error, zlib.error)


def read(content: bytes) -> Drawn:
    """A PNG.  Raises Nothing."""
    image = opened(content, ("PNG",))
    check_sides(*image.size)
    if min(image.size) < SIDE_MIN_PX:
        raise Nothing(No.TOO_SMALL, str(SIDE_MIN_PX))
    return made_of(image)


def opened(content: bytes, formats: tuple[str, ...]) -> Image.Image:
    """The pixels on white, turned upright.  Raises Nothing."""
    Image.MAX_IMAGE_PIXELS = DRAWING_PIXELS_MAX
    try:
        with Image.open(io.BytesIO(content), formats=formats) as image:
            _check(image)
            image.load()
            return _on_white(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Nothing(No.TOO_MANY_PIXELS, _megapixels()) from None
    except BROKEN:
        raise Nothing(No.DAMAGED) from None


def _check(image: Image.Image) -> None:
    """Before a pixel is unpacked.  Raises Nothing."""
    if image.width * image.height > DRAWING_PIXELS_MAX:
        raise Nothing(No.TOO_MANY_PIXELS, _megapixels())
    if getattr(image, "n_frames", 1) > 1:
        raise Nothing(No.MOVES)


def check_sides(width: float, height: float) -> None:
    """Raises Nothing."""
    if max(width, height) > RATIO_MAX * min(width, height):
        raise Nothing(No.TOO_NARROW, str(RATIO_MAX))


def _megapixels() -> str:
    return str(DRAWING_PIXELS_MAX // 1_000_000)


def _on_white(image: Image.Image) -> Image.Image:
    """A picture of its own, in three colours."""
    if image.mode.startswith("I"):
        image = image.point(lambda value: value / 256).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(seen, mask=seen.getchannel("A"))
    return white


def made_of(image: Image.Image, left_out: tuple[Left, ...] = ()) -> Drawn:
    """The PNG that is kept: as sharp as its bounds let it be.  Raises Nothing: there is nothing on it."""
    if image.getcolors(1) is not None:
        raise Nothing(No.NOTHING_SEEN)
    image.thumbnail((DRAWING_SIDE_MAX_PX, DRAWING_SIDE_MAX_PX))
    picture = _written(image)
    while len(picture) > PICTURE_MAX_BYTES:
        image = image.resize((round(image.width * SMALLER), round(image.height * SMALLER)))
        picture = _written(image)
    return Drawn(picture, image.width, image.height, left_out)


def _written(image: Image.Image) -> bytes:
    """Whole if it fits, else in as many colours as a palette has."""
    few = image.getcolors(COLOURS_MAX) is not None
    whole = _png(image.quantize(COLOURS_MAX, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE) if few else image)
    if few or len(whole) <= PICTURE_MAX_BYTES:
        return whole
    return _png(image.quantize(COLOURS_MAX, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE))


def _png(image: Image.Image) -> bytes:
    clean = image.copy()
    clean.info = {}
    out = io.BytesIO()
    clean.save(out, "PNG")
    return out.getvalue()
