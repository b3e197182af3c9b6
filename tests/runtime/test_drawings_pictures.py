"""Pictures made of pixels: what is kept is what can be seen, and everything else about them is named or gone."""

from __future__ import annotations

import io

import pytest
from drawn import animated, chunk, declared, drawn, image_of, picture, refusal, words_in_it
from PIL import Image
from test_drawings_apart import chunks

from tocsin.core.limits import DRAWING_SIDE_MAX_PX, PICTURE_MAX_BYTES
from tocsin.runtime.drawings.shapes import No, Unreadable


def test_a_picture_is_written_anew_with_its_pixels() -> None:
    told = drawn(picture((64, 32), "#1a2b3c"))
    image = image_of(told).convert("RGB")
    assert image.size == (64, 32)
    assert (image.getpixel((1, 1)), image.getpixel((63, 31))) == ((0x1A, 0x2B, 0x3C), (255, 255, 255))


def test_words_place_time_and_profile_of_a_picture_are_gone() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0132] = "the ward of Noor", "2026:11:25 07:00:00"
    said = words_in_it(Comment="the ward of Noor", Author="Noor Invented")
    content = picture(pnginfo=said, exif=exif.tobytes(), dpi=(300, 300), icc_profile=b"profile of Noor" * 20)
    assert b"Noor" in content
    made = drawn(content).picture
    assert b"Noor" not in made
    assert {name for name, _ in chunks(made)} <= {b"IHDR", b"PLTE", b"IDAT", b"IEND"}


def test_what_hangs_behind_the_end_of_a_picture_is_gone() -> None:
    made = drawn(picture() + b"PK\x03\x04 a whole archive").picture
    assert b"archive" not in made and chunks(made)


def test_what_cannot_be_seen_through_a_picture_is_gone_and_the_rest_lies_on_white() -> None:
    image = Image.new("RGBA", (32, 32), (10, 200, 30, 0))  # The hidden pixels have a colour.
    image.paste((255, 0, 0, 255), (0, 0, 16, 32))
    out = io.BytesIO()
    image.save(out, "PNG")
    made = image_of(drawn(out.getvalue()))
    assert made.mode in ("RGB", "P") and "transparency" not in made.info
    assert made.convert("RGB").getpixel((31, 31)) == (255, 255, 255)
    assert made.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_way_of_writing_pixels_is_read(mode: str) -> None:
    image = Image.new("L", (32, 32), 255)
    image.paste(100, (0, 0, 16, 32))
    out = io.BytesIO()
    if mode == "I;16":
        wide = Image.new("I;16", (32, 32), 65_535)
        wide.paste(25_700, (0, 0, 16, 32))
        wide.save(out, "PNG")
    else:
        image.convert(mode, dither=Image.Dither.NONE).save(out, "PNG")
    made = image_of(drawn(out.getvalue())).convert("L")
    dark, light = made.getpixel((2, 2)), made.getpixel((31, 31))
    assert isinstance(dark, int | float) and dark < 130 and light == 255


def test_a_picture_that_says_it_lies_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    told = drawn(picture((64, 32), exif=exif.tobytes()))
    assert (told.width, told.height) == (32, 64)


@pytest.mark.parametrize("size", [(60_000, 60_000), (40_001, 1_000), (2**31 - 1, 9)])
def test_a_picture_that_would_unpack_to_more_than_forty_million_pixels_is_never_unpacked(size: tuple[int, int]) -> None:
    assert refusal(declared(*size)) == Unreadable(No.TOO_MANY_PIXELS, "40")


def test_a_picture_that_is_cut_short_or_damaged_is_named() -> None:
    whole = picture((400, 300))
    for content in (whole[: len(whole) // 2], whole[:40], whole[:20]):
        assert refusal(content) == Unreadable(No.DAMAGED)
    long_words = chunk(b"zTXt", b"Comment\0\0" + b"\x78\x9c" + b"\xff" * 50)
    assert refusal(whole[:33] + long_words + whole[33:40]).why is No.DAMAGED


def test_moving_pictures_are_named() -> None:
    assert refusal(animated()) == Unreadable(No.MOVES)


@pytest.mark.parametrize(("form", "name"), [("JPEG", "JPEG"), ("GIF", "GIF"), ("BMP", "BMP"), ("TIFF", "TIFF")])
def test_a_picture_of_another_kind_is_named_whatever_it_is_called(form: str, name: str) -> None:
    assert refusal(picture(form=form)) == Unreadable(No.OTHER_KIND, name)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<!DOCTYPE html><html><script>alert(1)</script></html>", Unreadable(No.OTHER_KIND, "HTML")),
        (b"  <HTML>", Unreadable(No.OTHER_KIND, "HTML")),
        (b"%PDF-1.7 ...", Unreadable(No.OTHER_KIND, "PDF")),
        (b"\0\0\0\x18ftypheic", Unreadable(No.OTHER_KIND, "HEIC")),
        (b"PK\x03\x04plans", Unreadable(No.OTHER_KIND, "ZIP")),
        (b"", Unreadable(No.EMPTY)),
        (b" \n\t", Unreadable(No.EMPTY)),
        (b"a plan of the ward", Unreadable(No.UNKNOWN_KIND)),
        (b"\xff\xfe\x00", Unreadable(No.DAMAGED)),
    ],
)
def test_a_file_that_is_no_drawing_is_named(content: bytes, told: Unreadable) -> None:
    assert refusal(content) == told


def test_blank_tiny_and_endless_pictures_are_named() -> None:
    blank = io.BytesIO()
    Image.new("RGB", (64, 64), "#eee").save(blank, "PNG")
    assert refusal(blank.getvalue()) == Unreadable(No.NOTHING_SEEN)
    assert refusal(picture((15, 15))) == Unreadable(No.TOO_SMALL, "16")
    assert refusal(picture((1_000, 20))) == Unreadable(No.TOO_NARROW, "10")


@pytest.mark.slow
def test_a_large_picture_is_made_smaller_until_it_may_be_kept() -> None:
    out = io.BytesIO()
    Image.effect_noise((3_500, 1_100), 90).convert("RGB").save(out, "PNG", compress_level=1)
    told = drawn(out.getvalue())
    assert len(told.picture) <= PICTURE_MAX_BYTES and told.width < DRAWING_SIDE_MAX_PX
    assert abs(told.width / told.height - 3_500 / 1_100) < 0.01
    assert len(image_of(told).getbands()) == 1  # As many colours as a palette has were enough.
