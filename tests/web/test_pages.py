"""The shells are public, empty and locked down; the files are served under names that hash them."""

from __future__ import annotations

import gzip
import json
import re
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import cast

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from PIL import Image

from tocsin.core.words import Outcome, Purpose, Reason
from tocsin.intake.lanes import App, Receive, Scope, Send, locking
from tocsin.web.assets import Assets, load_assets
from tocsin.web.pages import SHELLS, page_handlers

PICTURES = ("bell.svg", "note.svg", "icon-180.png", "icon-192.png", "icon-512.png", "icon-mask-512.png")


def client_of(assets: Assets) -> TestClient[Litestar]:
    pages = cast("App", Litestar([*page_handlers(assets)], openapi_config=None))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await pages(scope, receive, locking(send, https=False))

    return TestClient(cast("Litestar", app))


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build as `ui/build.mjs` leaves it, with invented files."""
    pages = (
        "phone.js",
        "console.js",
        "colleagues.js",
        "desk.js",
        "wallboard.js",
        "zone.js",
        "exit.js",
        "responder.js",
        "live-worker.js",
        "service-worker.js",
    )
    names = {name: name.replace(".", "-AB12CD34.") for name in (*pages, "tocsin.css", "silent.css", *PICTURES)}
    for hashed in names.values():
        (tmp_path / hashed).write_text(f"/* {hashed} */" * 50, "utf-8")
    (tmp_path / "font-AB12CD34.woff2").write_bytes(bytes(range(256)))
    (tmp_path / "manifest.json").write_text(json.dumps(names), "utf-8")
    return tmp_path


@pytest.mark.parametrize("path", [shell.path for shell in SHELLS])
def test_every_page_is_locked_down_and_never_stored(build: Path, path: str) -> None:
    with client_of(load_assets(build)) as client:
        page = client.get(path)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in page.headers["content-security-policy"] and "blob:" not in str(policy)
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", [shell.path for shell in SHELLS])
def test_no_page_holds_inline_script_or_style_or_another_host(build: Path, path: str) -> None:
    with client_of(load_assets(build)) as client:
        html = client.get(path).text
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|//", html.replace("<!doctype html>", ""))
    assert all(tag.endswith("></script>") for tag in re.findall(r"<script.*?</script>", html))


def test_the_silent_shell_says_nothing_of_what_it_is(build: Path) -> None:
    with client_of(load_assets(build)) as client:
        html = client.get("/notes").text
    assert "<title>Notes</title>" in html and 'rel="icon" href="/static/note-' in html
    assert "<h1>" not in html


def test_files_are_kept_for_ever_and_zipped_where_that_saves(build: Path) -> None:
    with client_of(load_assets(build)) as client:
        script = client.get("/static/phone-AB12CD34.js", headers={"Accept-Encoding": "gzip"})
        plain = client.get("/static/phone-AB12CD34.js", headers={"Accept-Encoding": "identity"})
        font = client.get("/static/font-AB12CD34.woff2", headers={"Accept-Encoding": "gzip"})
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-encoding"] == "gzip" and script.content == plain.content
    assert "content-encoding" not in plain.headers and plain.headers["vary"] == "Accept-Encoding"
    assert font.headers["content-type"] == "font/woff2" and "content-encoding" not in font.headers


def test_what_the_build_has_zipped_is_served_as_it_lies_there(build: Path) -> None:
    zipped = gzip.compress(b"as the build left it", 1)
    (build / "phone-AB12CD34.js.gz").write_bytes(zipped)
    assets = load_assets(build)
    assert assets.files["phone-AB12CD34.js"].zipped == zipped
    assert "phone-AB12CD34.js.gz" not in assets.files, "it is no file of its own"


@pytest.mark.parametrize("name", ["nothing.js", "manifest.json", "..%2Fpages.py", "%2e%2e%2fpages.py", "a%00b"])
def test_only_built_files_are_served(build: Path, name: str) -> None:
    with client_of(load_assets(build)) as client:
        assert client.get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize(
    ("accepted", "language", "title"),
    [("es-MX,es;q=0.9,en;q=0.5", "es", "Vigilancia - Tocsin"), ("fr, en", "en", "Watch - Tocsin"), ("", "en", "Watch")],
)
def test_a_shell_greets_in_the_language_that_the_browser_asks_for(
    build: Path, accepted: str, language: str, title: str
) -> None:
    with client_of(load_assets(build)) as client:
        page = client.get("/console", headers={"Accept-Language": accepted})
    assert page.headers["vary"] == "Accept-Language"
    assert f'<html lang="{language}"' in page.text and f"<title>{title}" in page.text


def test_the_silent_shell_is_a_list_in_spanish_too(build: Path) -> None:
    with client_of(load_assets(build)) as client:
        html = client.get("/notes", headers={"Accept-Language": "es"}).text
    assert "<title>Notas</title>" in html and "<h1>" not in html and "<noscript>" not in html


def test_pages_that_were_never_built_say_so_in_spanish(tmp_path: Path) -> None:
    with client_of(load_assets(tmp_path)) as client:
        page = client.get("/phone", headers={"Accept-Language": "es"})
    assert page.status_code == 503
    assert '<html lang="es">' in page.text and "make setup" in page.text and "campana" in page.text


def test_pages_that_were_never_built_say_so_and_what_to_do(tmp_path: Path) -> None:
    with client_of(load_assets(tmp_path)) as client:
        page = client.get("/phone")
    assert page.status_code == 503
    assert "make setup" in page.text and page.headers["cache-control"] == "no-store"


def test_the_same_build_is_zipped_to_the_same_bytes(build: Path) -> None:
    first, second = load_assets(build), load_assets(build)
    assert first == second
    zipped = first.files["phone-AB12CD34.js"].zipped
    assert zipped is not None and gzip.decompress(zipped) == first.files["phone-AB12CD34.js"].plain


def test_a_template_that_asks_for_a_file_nobody_built_fails_at_start(build: Path) -> None:
    (build / "manifest.json").write_text('{"phone.js": "phone-AB12CD34.js"}', "utf-8")
    with pytest.raises(KeyError):
        page_handlers(load_assets(build))


@pytest.mark.parametrize(("table", "words"), [("reasons", Reason), ("purposes", Purpose), ("outcomes", Outcome)])
def test_every_word_of_the_core_has_a_sentence_for_people(table: str, words: type[StrEnum]) -> None:
    """A word the pages do not know would be shown raw, in the night in which it matters."""
    scripts = Path(__file__).parents[2] / "ui" / "src"
    source = "".join((scripts / name).read_text("utf-8") for name in ("words.ts", "reasons.ts"))
    body = source.partition(f"export const {table}")[2].partition("};")[0]
    known = set(re.findall(r"^  (\w+):", body, re.MULTILINE))
    assert set(words) <= known, set(words) - known


def test_the_phone_can_be_put_on_a_home_screen(build: Path) -> None:
    with client_of(load_assets(build)) as client:
        answer = client.get("/manifest.webmanifest", headers={"Accept-Language": "es"})
        manifest = answer.json()
        icons = [client.get(icon["src"]) for icon in manifest["icons"]]
        assert '<link rel="manifest" href="/manifest.webmanifest">' in client.get("/phone").text
        assert "manifest" not in client.get("/notes").text, "the list must not say whose it is"
    assert answer.headers["content-type"].startswith("application/manifest+json")
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/phone", "/", "standalone")
    assert manifest["lang"] == "es" and manifest["name"] == manifest["short_name"] == "Tocsin"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"any", "192x192", "512x512"}
    assert [icon.get("purpose") for icon in manifest["icons"]][-1] == "maskable"
    assert all(icon.status_code == 200 for icon in icons)


def test_the_service_worker_stands_at_the_root_and_nothing_on_the_way_keeps_it(build: Path) -> None:
    with client_of(load_assets(build)) as client:
        worker = client.get("/service-worker.js")
    assert worker.status_code == 200 and worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-store"


def test_where_the_server_has_another_address_the_phone_keeps_its_pages_anew(build: Path) -> None:
    """A page that was kept knows by its headers alone where it may press; only another worker fetches it again."""

    def worker(*addresses: str) -> bytes:
        handlers = page_handlers(load_assets(build), addresses=addresses)
        with TestClient(Litestar(handlers, openapi_config=None)) as client:
            return client.get("/service-worker.js").content

    two = ("https://tocsin.example.org", "https://second.example.org")
    assert worker() != worker(*two) == worker(*two) != worker(two[0], "https://third.example.org")
    assert worker(*two).startswith(worker())


@pytest.mark.parametrize("path", ["/service-worker.js", "/manifest.webmanifest"])
def test_where_the_pages_were_never_built_nothing_is_installed(tmp_path: Path, path: str) -> None:
    with client_of(load_assets(tmp_path)) as client:
        assert client.get(path).status_code == 404


def test_the_icons_are_the_sizes_that_they_say() -> None:
    assets = load_assets()
    for name, side in (("icon-180.png", 180), ("icon-192.png", 192), ("icon-512.png", 512), ("icon-mask-512.png", 512)):
        with Image.open(BytesIO(assets.files[assets.names[name]].plain)) as icon:
            icon.load()
            colours = icon.getcolors(4096)
            assert icon.size == (side, side) and colours is not None and len(colours) > 10, "a bell, with soft edges"
