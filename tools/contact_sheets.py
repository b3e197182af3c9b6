"""Many pictures on one sheet, so that somebody can look at all of them: `tools/contact_sheets.py FOLDER [WORD ...]`.

The sheets go to FOLDER/sheets.  Words choose the pictures whose names hold all of them; without any, each look gets
its own sheets.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw

GAP, LABEL, WIDE = 12, 18, 1800
NARROW_PX = 800  # A picture that is narrower was of a phone: more of them stand beside each other.
TALLEST = 2.2  # Of its own width on the sheet: what is longer is cut, and a line says so.
PHONES, DESKS, ROWS = 6, 3, 2


def sheets_of(pictures: Sequence[Path], name: str, folder: Path) -> Iterator[Path]:
    """Sheets of as many pictures as can still be read."""
    with Image.open(pictures[0]) as first:
        columns = PHONES if first.width < NARROW_PX else DESKS
    for number in range(0, len(pictures), columns * ROWS):
        sheet = folder / f"{name}-{number // (columns * ROWS):02}.png"
        drawn(pictures[number : number + columns * ROWS], columns).save(sheet)
        yield sheet


def drawn(pictures: Sequence[Path], columns: int) -> Image.Image:
    wide = (WIDE - GAP * (columns + 1)) // columns
    small = [(path.stem, smaller(path, wide)) for path in pictures]
    lines = [small[start : start + columns] for start in range(0, len(small), columns)]
    highest = [max(image.height for _, image in line) + LABEL + GAP for line in lines]
    sheet = Image.new("RGB", (WIDE, sum(highest) + GAP), "#888888")
    pen, top = ImageDraw.Draw(sheet), GAP
    for line, high in zip(lines, highest, strict=True):
        for column, (name, image) in enumerate(line):
            left = GAP + column * (wide + GAP)
            pen.text((left, top), name, fill="#000000")
            sheet.paste(image, (left, top + LABEL))
        top += high
    return sheet


def smaller(path: Path, wide: int) -> Image.Image:
    with Image.open(path) as full:
        image = full.convert("RGB")
    longest = int(image.width * TALLEST)
    cut = image.height > longest
    image = image.crop((0, 0, image.width, min(image.height, longest)))
    image = image.resize(
        (wide, max(1, image.height * wide // image.width)), Image.Resampling.BILINEAR, reducing_gap=1.5
    )
    if cut:
        ImageDraw.Draw(image).line((0, image.height - 2, wide, image.height - 2), fill="#ff00ff", width=4)
    return image


def look_of(path: Path) -> str:
    """The last words of a name say in which look it was taken."""
    kind, _, rest = path.stem.partition("-")
    words = rest.split("-")
    return f"{kind}-{'-'.join(words[-2:] if words[-1] in ('light', 'dark', 'larger') else words[-1:])}"


def sheets(folder: Path, *words: str) -> Iterator[Path]:
    """Draws them and names them, one after the other."""
    pictures = sorted(path for path in folder.glob("*.png") if all(word in path.stem for word in words))
    (folder / "sheets").mkdir(exist_ok=True)
    named = [("-".join(words), pictures)] if words else groupby(sorted(pictures, key=look_of), look_of)
    for name, chosen in named:
        yield from sheets_of(list(chosen), name, folder / "sheets")


if __name__ == "__main__":
    print(*sheets(Path(sys.argv[1]), *sys.argv[2:]), sep="\n")
