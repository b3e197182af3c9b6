"""The tutorial of the console, followed word for word: the real demo, and a browser for each person in it."""

from __future__ import annotations

import faulthandler
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from followed import PATIENCE_MS, Person
from playwright.sync_api import Browser
from tutorial import Part, Word, tutorial

from tocsin.bench.town import free_ports

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PROGRAM = (sys.executable, "-m", "tocsin")
VERB_MAX_S, ENDS_MAX_S = 120, 60
STEP_MAX_S = 180  # The minute of the close is in one of them, and the machine may have much else to do.

VISITOR_LOT = ([600, 5000], [3000, 5000], [3000, 6600], [600, 6600])  # In ten-thousandths of the drawing's width.
ON_SCREEN = """(svg, [x, y]) => {
  const point = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
  return [point.x, point.y];
}"""


class Demo:
    """`tocsin demo` in a folder that was empty.  `links`: those that it printed, by the page that they lead to."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_ports()
        self.links: dict[str, str] = {}
        self._server: subprocess.Popen[str] | None = None

    def start(self, line: str) -> None:
        """As the page says, but on a port that is free."""
        self._server = subprocess.Popen(
            [*PROGRAM, *shlex.split(line)[1:], "--port", str(self.port)],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._server.stdout is not None
        for said in self._server.stdout:
            for link, page in re.findall(r"(http://localhost:\d+/(phone|colleagues|console|link)\S*)", said):
                self.links.setdefault(page, link)
            if "Ctrl+C" in said:
                return
        raise AssertionError("the demo did not start")

    def type(self, line: str) -> str:
        """The link that a command of the page prints."""
        environ = {**os.environ, "TOCSIN_SERVER__PORT": str(self.port)}
        done = subprocess.run(
            [*PROGRAM, *shlex.split(line)[1:], "--json"],
            cwd=self.folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=VERB_MAX_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return str(json.loads(done.stdout.splitlines()[-1])["link"])

    def stop(self) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGTERM)
            self._server.communicate(timeout=ENDS_MAX_S)


class Night:
    """The demo of the page, and who has a window open.  `followed`: the steps that have been gone through."""

    def __init__(self, demo: Demo, browser: Browser) -> None:
        self.demo, self._browser = demo, browser
        self.people: dict[str, Person] = {}
        self.followed: list[tuple[Word, ...]] = []

    def follow(self, part: Part, step: int, who: str, link: str = "") -> Person:
        """This person does it, at their own browser; `link`: what they open first.  Each step has a test's time."""
        faulthandler.dump_traceback_later(STEP_MAX_S, exit=True)
        person = self.people.get(who) or self.people.setdefault(who, self._person(who))
        if link:
            person.page.goto(link)
        person.follow(part.steps[step - 1])
        self.followed.append(part.steps[step - 1])
        person.photograph(f"tutorial-console-{len(self.followed):02}-{who}")
        return person

    def _person(self, who: str) -> Person:
        return Person(self._browser, phone=who == "phone", folder=self.demo.folder)

    def leave(self) -> None:
        for person in self.people.values():
            person.context.close()
        self.demo.stop()


@pytest.fixture
def night(tmp_path: Path, browser: Browser) -> Iterator[Night]:
    night = Night(Demo(tmp_path), browser)
    yield night
    night.leave()


# The chapters -----------------------------------------------------------------------------------------------------


def start(night: Night, part: Part) -> None:
    assert list(night.demo.folder.iterdir()) == []
    (line,) = part.typed
    night.demo.start(line)
    night.follow(part, 1, "ada", night.demo.links["link"])


def draw_the_site(night: Night, part: Part) -> None:
    (plan,) = part.files
    (night.demo.folder / "grounds.svg").write_text(plan, encoding="utf-8")
    night.follow(part, 1, "ada")
    page = night.follow(part, 2, "ada").page
    sheet = page.locator("svg.paper[data-works]")
    sheet.scroll_into_view_if_needed()
    for corner in (*VISITOR_LOT, VISITOR_LOT[0]):
        page.mouse.click(*sheet.evaluate(ON_SCREEN, corner))
    night.follow(part, 3, "ada")


def import_a_roster(night: Night, part: Part) -> None:
    (calendar,) = part.files
    (night.demo.folder / "crews.ics").write_text(calendar, encoding="utf-8")
    night.follow(part, 1, "ada")


def let_two_watch(night: Night, part: Part) -> None:
    for step, (who, line) in enumerate(zip(("teo", "wale"), part.typed, strict=True), 1):
        night.follow(part, step, who, night.demo.type(line))


def press(night: Night, part: Part) -> None:
    night.follow(part, 1, "phone", night.demo.links["phone"])
    night.people["phone"].holds_sos()
    night.follow(part, 2, "phone")


def watch(night: Night, part: Part) -> None:
    night.follow(part, 1, "teo")
    night.follow(part, 2, "colleagues", night.demo.links["colleagues"])
    night.follow(part, 3, "teo")


def by_turns(*people: str) -> Callable[[Night, Part], None]:
    """Each step is somebody's."""

    def chapter(night: Night, part: Part) -> None:
        for step, who in enumerate(people, 1):
            night.follow(part, step, who)

    return chapter


def print_the_report(night: Night, part: Part) -> None:
    """What a browser then does with the paper is its own affair."""
    teo = night.follow(part, 1, "teo")
    with teo.page.expect_response(lambda reply: reply.url.endswith("/report.pdf"), timeout=PATIENCE_MS) as given:
        night.follow(part, 2, "teo")
    assert teo.asked(given.value.url).body().startswith(b"%PDF-")


CHAPTERS: Mapping[str, Callable[[Night, Part], None]] = {
    "Start the demo": start,
    "Draw the site": draw_the_site,
    "Import a roster": import_a_roster,
    "Write a plan": by_turns("ada"),
    "Read its preview": by_turns("ada"),
    "Let two people watch": let_two_watch,
    "Press": press,
    "Watch": watch,
    "Hand over": by_turns("teo", "wale"),
    "Close by two": by_turns("wale", "teo"),
    "Print the report": print_the_report,
}


def test_the_tutorial_of_the_console_can_be_followed_word_for_word(night: Night) -> None:
    parts = tutorial("console.md")
    assert list(parts) == list(CHAPTERS)
    for title, part in parts.items():
        CHAPTERS[title](night, part)
    assert night.followed == [step for part in parts.values() for step in part.steps], "a step that nobody followed"
