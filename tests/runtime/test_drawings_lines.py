"""Drawings made of lines: what may stand on a plan is drawn, and whatever points elsewhere or does something is not."""

from __future__ import annotations

import pytest
from drawn import HEAD, ROOM, declared, drawn, image_of, inline, picture, refusal, svg
from PIL import Image

from tocsin.core.limits import DRAWING_DEPTH_MAX, DRAWING_PARTS_MAX
from tocsin.runtime.drawings import vectors
from tocsin.runtime.drawings.shapes import Drawn, Left, No, Unreadable

BLUE, WHITE, RED = (0, 0, 255), (255, 255, 255), (255, 0, 0)
ILLUSTRATOR = '<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]>'
LAUGHS = '<!DOCTYPE svg [<!ENTITY l0 "ha">'
LAUGHS += "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)) + "]>"


@pytest.fixture(autouse=True)
def smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredth of the pixels: what is drawn is the same."""
    monkeypatch.setattr(vectors, "DRAWING_SIDE_MAX_PX", 400)


def at(told: Drawn, x: float, y: float) -> object:
    """The colour at a point of a drawing that is 100 wide and 50 high."""
    image: Image.Image = image_of(told).convert("RGB")
    return image.getpixel((int(x / 100 * image.width), int(y / 50 * image.height)))


def test_a_drawing_becomes_a_picture_on_white() -> None:
    told = drawn(svg())
    assert (told.width, told.height, told.left_out) == (400, 200, ())
    assert (at(told, 20, 20), at(told, 80, 40)) == (BLUE, WHITE)


@pytest.mark.parametrize(
    ("head", "size"),
    [
        ('<svg xmlns="http://www.w3.org/2000/svg" width="100mm" height="50mm">', (400, 200)),
        ('<svg xmlns="http://www.w3.org/2000/svg" width="20" height="50pt" viewBox="0,0 100,50">', (400, 200)),
        ('<svg width="50" height="100">', (200, 400)),
        ('<?xml version="1.0" encoding="UTF-8"?>\n<!-- drawn by hand --><svg viewBox="-50 -50 200 200">', (400, 400)),
        ('<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://example.org/svg11.dtd">' + HEAD, (400, 200)),
    ],
)
def test_its_size_is_that_of_what_is_seen(head: str, size: tuple[int, int]) -> None:
    told = drawn(svg(head=head))
    assert (told.width, told.height) == size


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    named = "UTF-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{named}"?>{HEAD}<text>Urgencias: peque\u00f1os</text>{ROOM}</svg>'
    assert at(drawn(text.encode(encoding)), 20, 20) == BLUE


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("<script>alert(1)</script>", (Left.SCRIPT,)),
        ('<script href="https://example.org/steal.js"/>', (Left.SCRIPT,)),
        ('<g onload="alert(1)" onClick="alert(2)"></g>', (Left.SCRIPT,)),
        ('<a href="javascript:alert(1)"><path d="M0 0h1"/></a>', (Left.LINKS,)),
        ('<a xlink:href="https://example.org/"><path d="M0 0h1"/></a>', (Left.LINKS,)),
        ("<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'>Ward</body></foreignObject>", (Left.WEB_PAGE,)),
        ("<style>@import url(https://example.org/f.css); rect {opacity: 1}</style>", (Left.LETTERING,)),
        ("<style>@font-face {font-family: A; src: url(https://example.org/f)}</style>", (Left.LETTERING,)),
        ('<filter id="f"><feImage href="https://example.org/x.png"/></filter>', (Left.EFFECTS,)),
        ('<rect filter="url(#f)" x="80" y="30" width="9" height="9" fill="#00f"/>', (Left.EFFECTS,)),
        ("<style>rect { filter: url(#f); opacity: 1 }</style>", (Left.EFFECTS,)),
        ('<text><a href="https://example.org/">Ward</a></text>', (Left.LINKS,)),
        ('<animate attributeName="fill"/><metadata>Noor Invented</metadata>', ()),
        ('<x:script xmlns:x="http://example.org/">alert(1)</x:script>', ()),
    ],
)
def test_what_does_something_is_left_out_and_said(body: str, left: tuple[Left, ...]) -> None:
    told = drawn(svg(body + ROOM))
    assert told.left_out == left and at(told, 20, 20) == BLUE


def test_what_had_an_effect_is_drawn_without_it() -> None:
    for effect in ('filter="url(#f)"', 'style="filter:url(#f);fill:#00f"', 'class="c"'):
        style = (
            "<style>.c { stroke-width: 1; -x-filter: 1; filter : drop-shadow(1px 1px red) } rect {fill: blue}</style>"
        )
        body = f'{style}<filter id="f"/><rect {effect} width="50" height="50"/>'
        told = drawn(svg(body))
        assert at(told, 20, 20) == BLUE and Left.EFFECTS in told.left_out


def test_words_of_a_link_are_drawn() -> None:
    told = drawn(svg('<text x="1" y="40" font-size="40"><a href="#top">Ward</a></text>'))
    assert told.left_out == (Left.LINKS,)


def test_nothing_of_it_is_even_handed_to_what_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[str] = []
    draws = vectors._drawn

    def kept(drawing: str, width: int, height: int) -> Image.Image:
        handed.append(drawing)
        return draws(drawing, width, height)

    monkeypatch.setattr(vectors, "_drawn", kept)
    evil = '<script>stolen</script><g onload="stolen"><desc>stolen</desc><a href="stolen"><rect/></a></g>'
    drawn(svg(f"<?stolen stolen?>{evil}<!-- stolen -->{ROOM}"))
    assert "stolen" not in handed[0] and handed[0].count("<rect") == 2


@pytest.mark.parametrize(
    "body",
    [
        '<image href="https://example.org/plan.png" width="100" height="50"/>',
        '<image xlink:href="plan.png" width="100" height="50"/>',
        '<image href="file:///etc/hostname" width="100" height="50"/>',
        '<image href="/etc/hostname" width="100" height="50"/>',
        '<use href="other.svg#plan"/>',
        '<use xlink:href="https://example.org/other.svg#plan"/>',
        '<rect fill="url(https://example.org/p.svg#p)" width="9" height="9"/>',
        "<rect style=\"fill: URL( 'https://example.org/p')\" width='9' height='9'/>",
        "<style>rect { fill: url(other.svg#p) }</style>",
        '<rect style="width: expression(alert(1))"/>',
    ],
)
def test_what_points_out_of_the_file_is_refused(body: str) -> None:
    assert refusal(svg(body + ROOM)).why is No.ELSEWHERE


@pytest.mark.parametrize("before", [LAUGHS, ILLUSTRATOR, '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'])
def test_entities_are_refused_and_never_resolved(before: str) -> None:
    body = f"<text>{'&l9;' if before == LAUGHS else ''}</text>"
    assert refusal(svg(body + ROOM, before=before)) == Unreadable(No.OWN_WORDS)


def test_groups_in_groups_and_endless_parts_are_refused() -> None:
    assert refusal(svg("<g>" * 10_000 + "</g>" * 10_000)) == Unreadable(No.TOO_DEEP, str(DRAWING_DEPTH_MAX))
    fits = DRAWING_DEPTH_MAX - 2
    assert at(drawn(svg("<g>" * fits + ROOM + "</g>" * fits)), 20, 20) == BLUE


@pytest.mark.slow
def test_endless_parts_are_refused() -> None:
    assert refusal(svg("<g/>" * DRAWING_PARTS_MAX)) == Unreadable(No.TOO_MANY_PARTS, str(DRAWING_PARTS_MAX))


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ('<svg viewBox="0 0 1000000000 1000000000">', Unreadable(No.NOTHING_SEEN)),
        ('<svg viewBox="0 0 1e30 1e30">', Unreadable(No.NO_SIZE)),
        ('<svg viewBox="0 0 0 0">', Unreadable(No.NO_SIZE)),
        ('<svg viewBox="0 0 -5 5">', Unreadable(No.NO_SIZE)),
        ('<svg viewBox="nan nan nan inf">', Unreadable(No.NO_SIZE)),
        ('<svg width="100%" height="100%">', Unreadable(No.NO_SIZE)),
        ("<svg>", Unreadable(No.NO_SIZE)),
        ('<svg viewBox="0 0 1000 10">', Unreadable(No.TOO_NARROW, "10")),
        ('<svg viewBox="900 900 10 10">', Unreadable(No.NOTHING_SEEN)),
    ],
)
def test_a_size_that_makes_no_picture_is_named(head: str, told: Unreadable) -> None:
    assert refusal(svg(head=head)) == told


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (svg()[:-20], No.DAMAGED),
        (b"<svg viewBox='0 0 9 9'><g></svg>", No.DAMAGED),
        (b"<?xml version='1.0' encoding='klingon'?><svg/>", No.DAMAGED),
        (b"<", No.DAMAGED),
        (b"<kml><Document/></kml>", No.UNKNOWN_KIND),
        (b"<svg xmlns='http://example.org/other'/>", No.UNKNOWN_KIND),
    ],
)
def test_what_is_no_whole_drawing_is_named(content: bytes, why: No) -> None:
    assert refusal(content).why is why


def test_a_picture_inside_is_written_anew_like_any_other() -> None:
    href = inline(picture((32, 16)))
    told = drawn(svg(f'<image href="{href}" width="100" height="50"/>'))
    assert (at(told, 20, 20), at(told, 80, 20)) == (RED, WHITE)
    photo = inline(picture((32, 16), form="JPEG", quality=95), "image/jpeg")
    assert at(drawn(svg(f'<image xlink:href="{photo}" width="100" height="50"/>')), 80, 20) == WHITE


@pytest.mark.parametrize(
    "href",
    [
        inline(svg(), "image/svg+xml"),
        inline(declared(60_000, 60_000, 1)),
        inline(picture(form="GIF")),
        inline(picture(form="TIFF")),
        "data:image/png;base64,AAAA",
        "data:image/png;base64,A",
        "data:image/png",
        "data:text/html,<script>alert(1)</script>".replace("<", "%3C"),
    ],
)
def test_a_picture_inside_that_is_none_or_another_drawing_or_a_bomb_is_refused(href: str) -> None:
    assert refusal(svg(f'<image href="{href}" width="9" height="9"/>{ROOM}')) == Unreadable(No.PICTURE_INSIDE)


def test_all_pictures_inside_together_have_the_bound_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "DRAWING_PIXELS_MAX", 1_000)
    one = f'<image href="{inline(picture((32, 16)))}" width="9" height="9"/>'
    assert refusal(svg(one + one)).why is No.TOO_MANY_PIXELS
    assert drawn(svg(one + ROOM))


def test_what_holds_too_much_for_what_draws_is_named() -> None:
    copies = "".join(
        f'<g id="c{n}">{f"""<use href="#c{n - 1}"/>""" * 10 if n else """<rect width="1" height="1"/>"""}</g>'
        for n in range(9)
    )
    assert refusal(svg(copies)).why is No.TOO_HARD
