"""The invented office with the people that a test needs, and the pages of the office in front of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from bureau import PUBLIC_URL, Browser, House, browser_of, frame_of
from tocsin.core.directory import Contact, Device, Directory, Member, Place
from tocsin.core.words import Channel
from tocsin.web.office.handlers import office_handlers
from tocsin.web.office.rooms import services_of
from tocsin.web.reader import form_token

ORG = "alder"


class Staffed(House):
    """With these people besides, and these fields of those who are there changed."""

    def __init__(self, *more: Member, **changed: Mapping[str, Any]) -> None:
        super().__init__()
        self._beside(lambda docket: docket.set_members(more))
        for member, fields in changed.items():
            self.change(member, **fields)

    @property
    def directory(self) -> Directory:
        return self.world.directory(ORG)

    def place(self, *places: Place) -> None:
        self._beside(lambda docket: docket.set_rules(replace(docket.directory, places=places)))

    def enrol(self, member: str, device: str) -> None:
        self._beside(lambda docket: docket.set_device(Device(device, member, "0" * 64)))

    def reader(self, member: str = "ada", language: str = "en", **session: Any) -> Browser:
        """A browser in which this member has just signed in; `session`: as it is otherwise."""
        frame = frame_of(self)
        browser = browser_of(self, office_handlers(frame, services_of(self, self, PUBLIC_URL)), member, language)
        if session:
            browser.token = self.session(member, **session)
            browser.client.cookies.set("__Host-tocsin", browser.token)
        return browser


def ways(*kinds: Channel) -> tuple[Contact, ...]:
    return tuple(Contact(kind.value, kind, f"+1202555010{n}", verified=True) for n, kind in enumerate(kinds))


def masked(browser: Browser, path: str) -> str:
    """A page without what is only this session's."""
    return browser.get(path).text.replace(form_token(browser.token), "TOKEN")
