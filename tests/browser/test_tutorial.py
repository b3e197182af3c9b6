"""The tutorial, followed word for word: the real program from an empty folder, and a browser for each person in it."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from followed import Person, link_in
from playwright.sync_api import Browser, expect
from tutorial import Part, Word, tutorial

from tocsin.bench.outside.keeper import faketime_library
from tocsin.bench.town import free_ports

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.faketime]
PROGRAM = (sys.executable, "-m", "tocsin")
VERB_MAX_S, ENDS_MAX_S, HOUR_S, DAY_S = 60, 20, 3_600, 86_400


class Centre:
    """The program in a folder that was empty.  `ahead_s`: how far the clock of the machine was set forward."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_ports()
        self.environ = {**os.environ, "TOCSIN_SERVER__PORT": str(self.port)}
        self.url = f"http://localhost:{self.port}"
        self.server: subprocess.Popen[str] | None = None

    def type(self, line: str) -> str:
        """What a command of the page prints; `serve` stays."""
        name, *words = shlex.split(line)
        assert name == "tocsin", line
        if words == ["serve"]:
            return self.serve()
        done = subprocess.run(
            [*PROGRAM, *words],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=VERB_MAX_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def serve(self, ahead_s: int = 0) -> str:
        later = {"LD_PRELOAD": faketime_library(), "FAKETIME": f"+{ahead_s}", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self.server = subprocess.Popen(
            [*PROGRAM, "serve"],
            cwd=self.folder,
            env={**self.environ, **(later if ahead_s else {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.server.stdout is not None
        said = self.server.stdout.readline()
        assert said.startswith(f"Tocsin serves {self.url}")
        return said

    def stop(self) -> None:
        if self.server is not None:
            self.server.send_signal(signal.SIGTERM)
            self.server.communicate(timeout=ENDS_MAX_S)
        self.server = None

    def later(self, seconds: int) -> None:
        """The machine was off for so long.  After a boot nothing goes on but what the wall clock says."""
        self.stop()
        (self.folder / "tocsin-data" / "clock.json").unlink()
        self.serve(seconds)


# The chapters -----------------------------------------------------------------------------------------------------


class Story:
    """The centre of the page, and who has a window open.  `followed`: the steps that have been gone through."""

    def __init__(self, centre: Centre, browser: Browser) -> None:
        self.centre, self._browser = centre, browser
        self.people: dict[str, Person] = {}
        self.followed: list[tuple[Word, ...]] = []

    def follow(self, part: Part, step: int, who: str, link: str = "") -> Person:
        """This person does it, at their own browser; `link`: what was handed to them, which they open first."""
        person = self.people.get(who) or self.people.setdefault(
            who, Person(self._browser, phone="phone" in who, folder=self.centre.folder)
        )
        if link:
            person.page.goto(link)
        person.follow(part.steps[step - 1])
        self.followed.append(part.steps[step - 1])
        person.photograph(f"tutorial-access-{len(self.followed):02}-{who}")
        return person

    def leave(self) -> None:
        for person in self.people.values():
            person.context.close()
        self.centre.stop()


@pytest.fixture
def story(tmp_path: Path, browser: Browser) -> Iterator[Story]:
    story = Story(Centre(tmp_path), browser)
    yield story
    story.leave()


def found(story: Story, part: Part) -> None:
    assert list(story.centre.folder.iterdir()) == []
    init, serve = part.typed
    link = link_in(story.centre.type(init))
    story.centre.type(serve)
    story.follow(part, 1, "ada", link)
    for step in (2, 3, 4):
        story.follow(part, step, "ada")


def say_who_works_here(story: Story, part: Part) -> None:
    (site,), (apply,) = part.files, part.typed
    (story.centre.folder / shlex.split(apply)[-1]).write_text(site, encoding="utf-8")
    assert "wait" not in story.centre.type(apply)


def invite_three(story: Story, part: Part) -> None:
    ada = story.follow(part, 1, "ada")
    story.follow(part, 2, "teo", ada.shown_once)
    wale, ines = (link_in(story.centre.type(line)) for line in part.typed)
    story.follow(part, 3, "wale", wale)
    story.follow(part, 4, "ines", ines)


def enrol_a_phone(story: Story, part: Part) -> None:
    ines = story.follow(part, 1, "ines")
    story.follow(part, 2, "her phone", ines.shown_once)
    story.follow(part, 3, "ines")


def set_the_pins(story: Story, part: Part) -> None:
    story.follow(part, 1, "ines")
    phone = story.people["her phone"]
    phone.holds_sos()
    story.follow(part, 2, "her phone")
    (alert,) = story.people["teo"].alerts()
    assert (alert["member"]["id"], alert["kind"]) == ("ines", "sos") and alert["state"] != "closed"
    story.follow(part, 3, "her phone")
    (alert,) = story.people["teo"].alerts()
    assert (alert["state"], alert["outcome"]) == ("closed", "safe")


def weaken_at_once(story: Story, part: Part) -> None:
    for step, who in enumerate(("ada", "teo", "wale", "ines"), 1):
        story.follow(part, step, who)


def suspend_one(story: Story, part: Part) -> None:
    ada = story.follow(part, 1, "ada")
    rolf = story.follow(part, 2, "rolf", ada.shown_once)
    story.follow(part, 3, "ada")
    phone = story.follow(part, 4, "his phone", ada.shown_once)
    assert rolf.asked("/api/v1/me").status == 200
    story.follow(part, 5, "teo")
    assert rolf.asked("/api/v1/me").status in (401, 403)
    story.follow(part, 6, "rolf")
    phone.holds_sos()
    story.follow(part, 7, "his phone")
    expect(phone.page.get_by_role("button", name="Put it away")).to_be_visible()
    told = phone.page.locator("main").inner_text()
    assert "coming" not in told and "people" not in told and "Teo" not in told
    (alert,) = (one for one in story.people["teo"].alerts() if one["state"] != "closed")
    assert alert["member"]["id"] == "rolf"


def let_one_back_in(story: Story, part: Part) -> None:
    story.follow(part, 1, "teo")
    story.follow(part, 2, "wale")


def weaken_and_wait(story: Story, part: Part) -> None:
    story.follow(part, 1, "ada")
    story.follow(part, 2, "teo")


def a_day_later(story: Story, part: Part) -> None:
    story.centre.later(DAY_S + HOUR_S)
    teo = story.people["teo"]
    teo.page.reload()
    story.follow(part, 1, "teo")
    story.follow(part, 2, "ines at another computer", teo.shown_once)
    story.follow(part, 3, "rolf", story.centre.url)
    assert story.people["ines"].asked("/api/v1/me").status in (401, 403)


CHAPTERS: Mapping[str, Callable[[Story, Part], None]] = {
    "Found the centre": found,
    "Say who works here": say_who_works_here,
    "Invite three": invite_three,
    "Enrol a phone": enrol_a_phone,
    "Set the PINs, and try them": set_the_pins,
    "Weaken something, at once": weaken_at_once,
    "Suspend one": suspend_one,
    "Let one back in who has lost everything": let_one_back_in,
    "Weaken something that waits its day": weaken_and_wait,
    "A day later": a_day_later,
}


def test_the_tutorial_of_access_can_be_followed_word_for_word(story: Story) -> None:
    parts = tutorial("access.md")
    assert list(parts) == list(CHAPTERS)
    for title, part in parts.items():
        CHAPTERS[title](story, part)
    assert story.followed == [step for part in parts.values() for step in part.steps], "a step that nobody followed"
