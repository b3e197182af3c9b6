"""Every state of the phone, photographed as small as a phone may be: by day and by night, in both languages.

Part of `make screenshots`; by itself, `tools/phone_pictures.py FOLDER`.  Six sheets of them are kept for
docs/phone.md: in English by day, in Spanish by night.  The numbers on a sheet are those of that page.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from camera import Camera, by_day_and_night, plainly
from phone_scenes import SHEETS, Scene
from PIL import Image, ImageDraw
from playwright.sync_api import sync_playwright
from running_demo import FLAGS

SMALL = by_day_and_night("360x640", 360, 640)
KEPT, SPOKEN = Path("docs/pictures"), ("en", "es")
TILE, GAP, LABEL, ACROSS, COLOURS = (216, 384), 10, 16, 7, 32


def photograph_the_phone(camera: Camera, folder: Path) -> None:
    """In the folder every state in every look; among the documents what is kept of them."""
    for sheet, scenes in SHEETS.items():
        for language in SPOKEN:
            names = list(taken(camera, f"phone-{sheet}-{language}", scenes))
            for look in SMALL:
                pictures = [folder / f"{plainly(name)}-{look.name}.png" for name in names]
                drawn = in_rows(pictures)
                drawn.save(folder / f"phones-{sheet}-{language}-{look.name}.png")
                if (language, look) in zip(SPOKEN, SMALL, strict=True):
                    KEPT.mkdir(exist_ok=True)
                    small = drawn.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE)
                    small.save(KEPT / f"phone-{sheet}-{look.name.rpartition('-')[2]}.png", optimize=True)


def taken(camera: Camera, kind: str, scenes: Sequence[Scene]) -> Iterator[str]:
    """The name of each picture, when it has been taken."""
    for scene in scenes:
        with camera.trying(kind):
            for state, page in scene(camera, kind[-2:]):
                camera.take(page, f"{kind}-{state}", SMALL, whole=False)
                yield f"{kind}-{state}"


def in_rows(pictures: list[Path]) -> Image.Image:
    """Each under its number."""
    rows = -(-len(pictures) // ACROSS)
    step = (TILE[0] + GAP, TILE[1] + GAP + LABEL)
    sheet = Image.new("RGB", (ACROSS * step[0] + GAP, rows * step[1] + GAP), "#888888")
    pen = ImageDraw.Draw(sheet)
    for number, path in enumerate(pictures):
        left, top = GAP + number % ACROSS * step[0], GAP + number // ACROSS * step[1]
        pen.text((left, top), str(number + 1), fill="#000000", font_size=LABEL - 1)
        with Image.open(path) as full:
            sheet.paste(full.convert("RGB").resize(TILE, Image.Resampling.LANCZOS), (left, top + LABEL))
    return sheet


def main(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        camera = Camera(browser, folder)
        photograph_the_phone(camera, folder)
        browser.close()
    print(*(f"missed: {one}" for one in camera.missed), sep="\n")
    return 1 if camera.missed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
