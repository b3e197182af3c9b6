"""A drawing that is made to do harm harms nobody: its process can open nothing, and can be killed."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from drawn import animated, declared, drawn, feature, geojson, image_of, inline, picture, svg
from PIL import Image

from tocsin.core.limits import DRAWING_FILE_MAX_BYTES
from tocsin.runtime import apart
from tocsin.runtime.apart import WAITED_MAX_S
from tocsin.runtime.drawings.apart import Drawings
from tocsin.runtime.drawings.reading import read
from tocsin.runtime.drawings.shapes import Drawn, No, Outlined, Unreadable

# Each copy of a copy is ten: 10^9 of them before the last is drawn.
COPIES = "".join(
    f'<g id="c{n}">{f"""<use href="#c{n - 1}"/>""" * 10 if n else """<rect width="1" height="1"/>"""}</g>'
    for n in range(10)
)
MEASURED = """
import asyncio, resource, sys
from tocsin.runtime.drawings.apart import Drawings
file = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
told = asyncio.run(Drawings()(file))
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
loaded = [name for name in ("PIL", "typst", "shapely", "defusedxml") if name in sys.modules]
print(told.why, after - before, loaded)
"""


def read_apart(content: bytes, spent_max_s: int = 20, waited_max_s: float = WAITED_MAX_S) -> object:
    return asyncio.run(Drawings(spent_max_s, waited_max_s)(content))


@pytest.mark.slow
def test_what_is_read_apart_is_what_is_read_here() -> None:
    assert read_apart(picture()) == drawn(picture())
    assert read_apart(svg()) == drawn(svg())


@pytest.mark.slow
def test_a_drawing_of_nothing_but_copies_of_copies_is_given_up() -> None:
    assert read_apart(svg(COPIES), 3) == Unreadable(No.TOO_HARD)


@pytest.mark.slow
def test_at_its_deadline_the_process_is_killed() -> None:
    assert read_apart(svg(), waited_max_s=0.001) == Unreadable(No.TOO_HARD)


@pytest.mark.slow
def test_the_server_grows_by_nothing_when_a_bomb_is_sent(tmp_path_factory: pytest.TempPathFactory) -> None:
    """60,000 x 60,000 pixels in half a megabyte; the server does not even load what would unpack them."""
    bomb = tmp_path_factory.mktemp("bomb") / "bomb.png"
    bomb.write_bytes(declared(60_000, 60_000, rows=60_000))
    assert bomb.stat().st_size < 600_000
    told = subprocess.run([sys.executable, "-c", MEASURED, str(bomb)], capture_output=True, text=True, check=True)
    why, grown_kb, loaded = told.stdout.split(maxsplit=2)
    assert (why, loaded.strip()) == ("too_many_pixels", "[]") and int(grown_kb) < 16 * 1_024


@pytest.mark.slow
def test_a_picture_just_beyond_the_bound_is_not_unpacked_either() -> None:
    """Between once and twice the bound the library only warns."""
    assert read_apart(declared(7_000, 6_000, rows=6_000)) == Unreadable(No.TOO_MANY_PIXELS, "40")


def test_what_is_too_large_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert read_apart(b" " * (DRAWING_FILE_MAX_BYTES + 1)) == Unreadable(No.TOO_LARGE, "8")


WAITS = "import signal; signal.pause()"
SPINS = """
from tocsin.runtime import apart
def spin(given):
    while True:
        pass
apart.work(spin, 2**30)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("program", "waited_max_s"), [(WAITS, 0.5), (SPINS, WAITED_MAX_S)], ids=["waits", "spins"])
def test_what_never_ends_is_killed(
    program: str, waited_max_s: float, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits, at its deadline; what spins, when it has used up its second of a processor."""
    place = tmp_path_factory.mktemp("endless")
    (place / "endless.py").write_text(program)
    monkeypatch.setenv("PYTHONPATH", f"{place}:{Path(apart.__file__).parents[2]}")
    with pytest.raises(apart.Stopped):
        asyncio.run(_ran(apart.Apart("endless", 1, 1, waited_max_s)))
    begun = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()
    assert not [pid for pid in begun if b"endless" in Path(f"/proc/{pid}/cmdline").read_bytes()]


async def _ran(reader: apart.Apart) -> bytes:
    return await reader(b"")


@pytest.mark.slow
def test_a_process_that_takes_more_memory_than_it_may_ends() -> None:
    greedy = "from tocsin.runtime import apart; apart.work(lambda given: bytes(2**30), 2**29)"
    done = subprocess.run([sys.executable, "-c", greedy, "9"], input=b"", capture_output=True)
    assert done.returncode != 0 and b"MemoryError" in done.stderr and done.stdout == b""


@pytest.mark.slow
def test_what_breaks_the_reader_is_too_hard_and_nothing_else() -> None:
    """A process that ends before it has answered: killed from outside, or for its memory."""
    assert asyncio.run(_ended_early()) == "stopped"


async def _ended_early() -> str:
    try:
        await apart.Apart("tocsin.runtime.nowhere", 20, 1)(b"")
    except apart.Stopped:
        return "stopped"
    return "done"


SEALED = """
import socket, sys
from tocsin.runtime import apart
{before}
apart.seal()
{then}
"""
TYPST_ALONE = """
import typst
source = b'#image(bytes(sys.inputs.drawing), format: "svg")'
drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="secret.png" width="9" height="9"/>'
drawing += "</svg>"
try:
    made = typst.compile(source, format="png", sys_inputs={"drawing": drawing}, ignore_system_fonts=True)
    print("drawn", len(made) > 0)
except RuntimeError as error:
    print("refused")
"""


def sealed(then: str, before: str = "", cwd: str | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SEALED.format(before=before, then=then)], capture_output=True, text=True, cwd=cwd
    )
    return done.stdout + done.stderr


@pytest.mark.slow
def test_once_it_reads_the_process_opens_no_file_and_no_connection() -> None:
    for then in ("open(sys.executable)", "socket.socket()", "socket.create_connection(('127.0.0.1', 9))"):
        assert "Too many open files" in sealed(then), then


READ_ALL_SEALED = """
import sys, msgspec
from tocsin.runtime import apart
from tocsin.runtime.drawings.reading import read
apart.seal()
answers = [read(content) for content in msgspec.msgpack.decode(sys.stdin.buffer.read())]
sys.stdout.buffer.write(msgspec.msgpack.encode(answers))
"""


def of_every_kind() -> Iterator[bytes]:
    """Files for which a library may want to load something late."""
    lies = Image.Exif()
    lies[0x0112] = 6
    two = io.BytesIO()
    both = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    both[0].save(two, "MPO", save_all=True, append_images=both[1:])
    photos = [picture(form="JPEG", exif=lies.tobytes()), two.getvalue(), picture(form="GIF")]
    yield from (picture(exif=lies.tobytes()), picture(icc_profile=b"profile" * 30), picture()[:50], animated())
    yield from (svg(f'<image href="{inline(photo)}" width="9" height="9"/>') for photo in photos)
    for name in ("utf-8", "utf-16", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "koi8-r", "shift_jis"):
        yield svg(before=f'<?xml version="1.0" encoding="{name}"?>').decode().encode(name)
    yield svg('<text y="20">\u65e5\u672c \U0001f691 \u05e9\u05dc\u05d5\u05dd</text>')
    yield from (geojson(feature()), geojson(feature(), crs=1), b"{", b"[", b"\xff\xfe\x00")


@pytest.mark.slow
def test_everything_is_read_sealed_as_it_is_read_open() -> None:
    contents = list(of_every_kind())
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL_SEALED], input=msgspec.msgpack.encode(contents), capture_output=True
    )
    assert done.stderr == b""
    assert msgspec.msgpack.decode(done.stdout, type=list[Drawn | Outlined | Unreadable]) == [*map(read, contents)]


READ_HERE = """
import sys
from tocsin.runtime.drawings.apart import told
told(sys.stdin.buffer.read())
open(sys.executable)
"""
SET_HERE = """
import json, sys
from tocsin.web import typesetting
typesetting.typeset = lambda *given: b"set"
assert typesetting.told(json.dumps({"paper": "report", "data": {}, "at_s": 0}).encode()) == b"set"
open(sys.executable)
"""


@pytest.mark.slow
@pytest.mark.parametrize("program", [READ_HERE, SET_HERE], ids=["read", "set"])
def test_whoever_reads_a_drawing_or_sets_a_paper_has_sealed_itself_first(program: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], input=picture(), capture_output=True)
    assert b"Too many open files" in done.stderr and done.stderr.count(b"Error") == 1


@pytest.mark.slow
def test_typst_would_read_a_picture_beside_us_and_is_kept_from_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Why nothing that points out of a drawing is ever handed to it, and why the process is sealed all the same."""
    place = tmp_path_factory.mktemp("server")
    (place / "secret.png").write_bytes(picture())
    plain = subprocess.run([sys.executable, "-c", TYPST_ALONE], capture_output=True, text=True, cwd=place)
    assert "drawn True" in plain.stdout  # As it comes, it reads.
    assert "refused" in sealed(TYPST_ALONE, before="import typst", cwd=str(place))


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        declared(60_000, 60_000, rows=60_000),
        picture()[:-60],
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 1_000,
        svg("<g>" * 10_000 + "</g>" * 10_000),
        b"[" * 4_000_000,
        b'{"type":' * 900_000,
        b'{"type": "FeatureCollection", "features": [' + b"[" * 7_000_000,
        svg(before='<!DOCTYPE svg [<!ENTITY a "ha">]>'),
        svg(f'<image href="{inline(declared(60_000, 60_000))}" width="9" height="9"/>'),
        geojson(),
        bytes(range(256)) * 100,
    ],
    ids=[
        "bomb",
        "cut",
        "noise",
        "deep",
        "json-deep",
        "json-keys",
        "raw-deep",
        "entity",
        "bomb-inside",
        "none",
        "bytes",
    ],
)
def test_each_of_them_is_named(content: bytes) -> None:
    told = read_apart(content)
    assert isinstance(told, Unreadable) and told.why is not No.TOO_HARD


@pytest.mark.slow
def test_what_comes_out_has_pixels_of_ours_and_nothing_of_theirs() -> None:
    script = "<script>alert('stolen')</script>"
    told = read_apart(svg(f'{script}<rect onload="alert(\'stolen\')" width="30" height="30" fill="lime"/>'))
    assert isinstance(told, Drawn) and b"stolen" not in told.picture and b"script" not in told.picture
    kinds = [name for name, _ in chunks(told.picture)]
    assert set(kinds) <= {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
    assert image_of(told).convert("RGB").getpixel((100, 100)) == (0, 255, 0)


def chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """The parts of a PNG, none of which may be hidden behind its end."""
    found, at = [], 8
    while at < len(png):
        long = int.from_bytes(png[at : at + 4], "big")
        found.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + long]))
        at += 12 + long
    assert found[-1][0] == b"IEND"
    return found
