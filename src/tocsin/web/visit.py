"""One request for a page, by one reader: who they are, what they typed, and the ways to answer them."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import msgspec
from jinja2 import Template
from litestar import MediaType, Response
from litestar.datastructures import Cookie
from msgspec import Struct

from tocsin.core.access.permissions import May, Reach, reach_of
from tocsin.core.access.record import By
from tocsin.core.access.sign_in_commands import SignOut
from tocsin.core.commands import Command, Declined, Reply
from tocsin.core.directory import Directory, Member
from tocsin.core.limits import FRESH_MS
from tocsin.core.roster import site_of
from tocsin.identity.token import same_secret
from tocsin.runtime.node import Node
from tocsin.runtime.passes import Pass
from tocsin.web.assets import Assets
from tocsin.web.forms import Form
from tocsin.web.pages import SHELLS
from tocsin.web.reader import form_token, seal
from tocsin.web.refusals import PageRefusal, refusal_of
from tocsin.web.speaking import NAMES_OF_LANGUAGES, environment, moment, say_in, when
from tocsin.web.uploads import Upload
from tocsin.wire.browser import SESSION, cookie_in, cookie_name, encrypted

SAID = "tocsin-said"
SAID_MAX_CHARS = 400
SAID_S = 60
ORDINARY = next(shell.path for shell in SHELLS if shell.silent)  # Where the quick exit leads.


class Door(Struct, frozen=True):
    """A page of the navigation: where it is, its name, and what one must be let to do to see it there."""

    path: str
    name: str
    may: May | None = None


class Setting(Protocol):
    """What every visit needs of the frame."""

    @property
    def house(self) -> Node: ...
    @property
    def assets(self) -> Assets: ...
    @property
    def public_url(self) -> str: ...
    @property
    def doors(self) -> Sequence[Door]: ...
    @property
    def prove_elsewhere(self) -> str: ...


class Asked(Struct, frozen=True):
    """The request, read."""

    method: str
    path: str
    under: Mapping[str, str]  # The parts of the path that have names.
    query: Mapping[str, str]
    headers: Mapping[str, str]
    token: str  # Of the session's cookie.


class Visit:
    """What a page's function is given.  Answers: `show`, `wrong`, `stale`, `go`; or raise PageRefusal."""

    def __init__(self, setting: Setting, asked: Asked, given: Pass | None, language: str) -> None:
        self.setting, self.asked, self.given, self.language = setting, asked, given, language
        self._ = say_in(language)
        self.form = Form({}, self._)
        self.files: dict[str, Upload] = {}  # What came with the form.
        self.sent: dict[str, Any] = {}  # What a script of ours sent.

    # Who ----------------------------------------------------------------------------------------------------------

    @property
    def house(self) -> Node:
        return self.setting.house

    @property
    def signed_in(self) -> Pass:
        """Only for pages that a session opens."""
        assert self.given is not None
        return self.given

    @property
    def org(self) -> str:
        return self.signed_in.org

    @property
    def by(self) -> By:
        """For the `by` of every command."""
        return self.signed_in.by

    @property
    def directory(self) -> Directory:
        return self.house.world.directory(self.org)

    @property
    def member(self) -> Member:
        """The reader."""
        return self.directory.members[self.signed_in.reader.member]

    @property
    def now_ms(self) -> int:
        return self.house.clock.now_ms()

    def may(self, may: May) -> bool:
        """May the reader do this at all?  Whoever decides asks again."""
        return reach_of(self.member.roles, may, self.signed_in.via) > Reach.NONE

    @property
    def fresh(self) -> bool:
        """Has the reader proven who they are, so shortly ago that it still counts?"""
        return self.now_ms - self.signed_in.fresh_ms <= FRESH_MS

    def require_fresh(self) -> None:
        """For a page whose form asks for a secret: prove it before, and nothing typed is lost.  Raises PageRefusal."""
        if not self.fresh:
            raise PageRefusal("not_fresh")

    def require(self, may: May) -> None:
        """Raises PageRefusal where the reader's role does not include this."""
        if not self.may(may):
            raise PageRefusal("not_allowed")

    # Answers ------------------------------------------------------------------------------------------------------

    def show(self, template: str | Template, *, status: int = 200, **values: Any) -> Response[str]:
        """The page, as HTML.  `form` is there for the template unless given."""
        said = self._said()
        page = environment(self.language).get_template(template)
        html = page.render({"form": self.form, **self._everywhere(said), **values})
        response = Response(html, status_code=status, media_type=MediaType.HTML)
        if said:
            response.set_cookie(self._cookie(SAID, "", 0))
        return response

    def wrong(self, template: str | Template, **values: Any) -> Response[str]:
        """The same page again, with what was typed and what is wrong beside it."""
        return self.show(template, status=409 if self.form.meanwhile else 422, **values)

    def go(self, to: str, said: str = "") -> Response[str]:
        """After an act: another page, which says this once (`said`: in the reader's language, never a secret)."""
        assert to.startswith("/") and not to.startswith("//"), "only to a page of ours"
        response = Response("", status_code=303, media_type=MediaType.HTML, headers={"Location": to})
        if said:
            text = said[:SAID_MAX_CHARS]
            worn = urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii").rstrip("=")
            response.set_cookie(self._cookie(SAID, f"{worn}.{seal(text, self.asked.token)}", SAID_S))
        return response

    def tell(self, **values: Any) -> Response[bytes]:
        """The answer to a script of ours, as JSON."""
        return Response(msgspec.json.encode(values), media_type=MediaType.JSON)

    async def do(self, command: Command) -> Reply:
        """Let the command be decided.  Raises PageRefusal where the answer is no, and Unavailable."""
        return accepted(await self.house.submit(command))

    async def begin(self, response: Response[Any], token: str) -> None:
        """This browser's session from now on.  The one that it had is over: nobody leaves one behind, whose token they,
        or whoever planted it, might still have."""
        if self.given is not None:
            await self.house.submit(SignOut(org=self.org, by=self.by))
        response.set_cookie(self.session_cookie(token))

    def session_cookie(self, token: str) -> Cookie:
        """The cookie of a new session: of this host alone, out of reach of scripts, gone with the browser."""
        return self._cookie(SESSION, token, None)

    def cookie(self, name: str, value: str, max_age_s: int) -> Cookie:
        """A cookie of ours beside the session's, as well guarded; with an age of 0 it is taken away."""
        return self._cookie(name, value, max_age_s)

    def no_session_cookie(self) -> Cookie:
        return self._cookie(SESSION, "", 0)

    # ---------------------------------------------------------------------------------------------------------------

    def _everywhere(self, said: str) -> dict[str, Any]:
        return {
            "language": self.language,
            "language_names": NAMES_OF_LANGUAGES,
            "asset": self.setting.assets.url,
            "doors": self._doors(),
            "here": self.asked.path,
            "door_here": self._door_here(),
            "reader": self.member if self.given else None,
            "form_token": form_token(self.asked.token) if self.given else "",
            "said": said,
            "when": self._when,
            "moment": moment,
            "scripts": (),
            "ordinary": ORDINARY,
            "meanwhile_seen": "",
        }

    def _doors(self) -> list[Door]:
        return [door for door in self.setting.doors if self.given and (door.may is None or self.may(door.may))]

    def _door_here(self) -> str:
        """The door behind which this page lies: of several the nearest."""
        here = self.asked.path
        paths = (door.path for door in self.setting.doors if here == door.path or here.startswith(f"{door.path}/"))
        return max(paths, key=len, default="")

    def _when(self, at_ms: int) -> str:
        return when(at_ms, self.language, self.time_zone)

    @cached_property
    def time_zone(self) -> str:
        """Of the reader's site.  Asked for each time that the page tells, and the same for all of them."""
        if self.given is None:
            return "UTC"
        sites = self.directory.sites
        site = sites.get(site_of(self.directory, self.member.id, self.now_ms)) or next(iter(sites.values()), None)
        return site.time_zone if site else "UTC"

    def _said(self) -> str:
        worn = cookie_in(self.asked.headers.get("cookie"), cookie_name(self.setting.public_url, SAID))
        text, _, sealed = worn.partition(".")
        try:
            read = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "surrogatepass")
        except (ValueError, Error):
            return ""
        return read if sealed and same_secret(sealed, seal(read, self.asked.token)) else ""

    def _cookie(self, name: str, value: str, max_age_s: int | None) -> Cookie:
        public_url = self.setting.public_url
        return Cookie(
            key=cookie_name(public_url, name),
            value=value,
            max_age=max_age_s,
            path="/",
            secure=encrypted(public_url),
            httponly=True,
            samesite="strict",
        )


def accepted(reply: Reply) -> Reply:
    """The core's *yes*.  Raises PageRefusal where it said no."""
    if isinstance(reply, Declined):
        raise refusal_of(reply)
    return reply
