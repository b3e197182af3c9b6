"""The ways in that the operator opens at the command line: the first administrator, invitations, phones, screens, keys.

What is returned is what `--json` prints: a link to be handed on, or a key, shown this once and kept only as a hash.
"""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from typing import Any

from tocsin.core import commands as c
from tocsin.core.access.entry_commands import Found
from tocsin.core.access.record import OPERATOR
from tocsin.core.access.sessions import cut
from tocsin.core.access.words import KeyScope, LinkKind
from tocsin.core.directory import Directory, Member
from tocsin.core.limits import DAY_MS, KEY_LIVES_MAX_MS, NAME_MAX_CHARS
from tocsin.core.views import moment
from tocsin.core.words import Role
from tocsin.intake.refusals import Refusal, words_of
from tocsin.ports import Entropy
from tocsin.runtime.access.keys import Keys
from tocsin.runtime.access.links import Links
from tocsin.runtime.node import Node

NOT_IN_AN_ID = re.compile(r"[^a-z0-9]+")
KEY_DAYS_MAX = KEY_LIVES_MAX_MS // DAY_MS


class WaysIn:
    """Every method returns what `--json` prints.  Raises Refusal, and has changed nothing."""

    def __init__(self, ring: Node, entropy: Entropy, public_url: str) -> None:
        self._ring = ring
        self._links, self._keys = Links(ring, entropy, public_url), Keys(ring, entropy)

    # The first one ------------------------------------------------------------------------------------------------

    async def init(self, name: str, site: str, time_zone: str, administrator: str) -> dict[str, Any]:
        """A link for the first administrator, of an organisation that is founded here if there is none."""
        founded = not self._ring.world.directories
        if founded:
            await self._founded(name, site, time_zone, administrator)
        elif name or site or time_zone:
            raise Refusal("there is an organisation already: leave --name, --site and --time-zone out")
        directory = self._directory()
        first = _first(directory, administrator)
        link = await self._link(LinkKind.FIRST_ADMINISTRATOR, member=first.id)
        return {"organisation": directory.id, "founded": founded, "member": first.id, **link}

    async def _founded(self, name: str, site: str, time_zone: str, administrator: str) -> None:
        if not (name and administrator):
            raise Refusal("there is no organisation yet: name it with --name, and who runs it with --administrator")
        site_name, zone = site or name, time_zone or "UTC"
        if zone not in zoneinfo.available_timezones():
            raise Refusal(f"{zone!r} is no time zone; give one such as America/Chicago")
        called, there, first = _named(name), _named(site_name), _named(administrator)
        found = Found(
            org=_id_of(called, "workplace"),
            by=OPERATOR,
            name=called,
            site=_id_of(there, "site"),
            site_name=there,
            time_zone=zone,
            member=_id_of(first, "administrator"),
            member_name=first,
        )
        await self._done(found)

    # Others -------------------------------------------------------------------------------------------------------

    async def invite(self, member: str) -> dict[str, Any]:
        """A link by which the member signs in for the first time and makes a passkey."""
        return {"member": member, **await self._link(LinkKind.INVITATION, member=member)}

    async def enrol(self, member: str, label: str) -> dict[str, Any]:
        """A link by which a phone becomes the member's."""
        return {"member": member, **await self._link(LinkKind.ENROLMENT, member=member, label=label)}

    async def desk(self, site: str, place: str, label: str) -> dict[str, Any]:
        """A link to be opened at the workstation itself."""
        link = await self._link(LinkKind.DESK, subject=f"{site}/{place}", label=label)
        return {"site": site, "place": place, "label": label, **link}

    async def wallboard(self, site: str, label: str) -> dict[str, Any]:
        """A link to be opened at the screen itself."""
        return {"site": site, "label": label, **await self._link(LinkKind.WALLBOARD, subject=site, label=label)}

    async def key(self, label: str, scopes: tuple[str, ...], days: int) -> dict[str, Any]:
        """A key for a program."""
        unknown = [scope for scope in scopes if scope not in set(KeyScope)]
        if unknown:
            raise Refusal(f"{unknown[0]!r} is no scope; use {', '.join(KeyScope)}")
        wanted = [KeyScope(scope) for scope in scopes]
        made = await self._keys.make(self._directory().id, OPERATOR, label, wanted, days)
        if isinstance(made, c.Declined):
            raise Refusal(words_of(made))
        return {
            "label": label,
            "scopes": wanted,
            "id": made.id,
            "key": made.token,
            "expires_at": moment(made.ends_ms),
        }

    # Doing it -----------------------------------------------------------------------------------------------------

    def _directory(self) -> Directory:
        """The organisation of this data directory."""
        known = list(self._ring.world.directories.values())
        if not known:
            raise Refusal("there is no organisation yet; run: tocsin init, or tocsin apply FILE")
        return known[0]

    async def _link(self, kind: LinkKind, *, member: str = "", subject: str = "", label: str = "") -> dict[str, Any]:
        org = self._directory().id
        made = await self._links.make(org, OPERATOR, kind, member=member, subject=subject, label=label)
        if isinstance(made, c.Declined):
            raise Refusal(words_of(made))
        return {"link": made.url, "expires_at": moment(made.ends_ms)}

    async def _done(self, command: c.Command) -> None:
        reply = await self._ring.submit(command)
        if isinstance(reply, c.Declined):
            raise Refusal(words_of(reply))


def _first(directory: Directory, wanted: str) -> Member:
    """Whom `--administrator` means, by id or by name; without it, the only one."""
    people = [member for member in directory.members.values() if not member.seat]
    if wanted:
        found = [member for member in people if member.id == wanted] or [m for m in people if m.name == wanted]
    else:
        found = [member for member in people if Role.ADMINISTRATOR in member.roles]
    if len(found) == 1:
        return found[0]
    if wanted:
        raise Refusal(f"{wanted!r} is {'nobody' if not found else 'more than one'} here; give a member's id")
    raise Refusal("say with --administrator who runs it: a member with the role administrator")


def _named(given: str) -> str:
    name = cut(given)[:NAME_MAX_CHARS]
    if not name:
        raise Refusal("a name has nothing in it that can be read; write it with letters")
    return name


def _id_of(name: str, noun: str) -> str:
    """An id that can be typed, of a name in any script; the noun where nothing of the name is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return NOT_IN_AN_ID.sub("-", plain.lower()).strip("-")[:64].strip("-") or noun
