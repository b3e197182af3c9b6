"""A press from the network: taken from anybody to whom a credential was ever issued, whatever the bytes.

Theory of operation
-------------------
The credential and the key decide what a press is; the body only says more about it.  So nothing in the body can refuse
it: what cannot be read is dropped and named in `warnings`, and where the JSON itself is broken the few words that
matter (silent, kind, text) are picked out of the rubble.  A press whose body never ended rings too.

Two sorts of credentials were never made to raise, and theirs are the only presses that are refused, in words: a
wallboard, which hangs where everybody passes and stands for nobody, and a program's key without the scope `raise`.  A
desk raises for its seat and says where it stands.  A key with the scope raises for the member whom it names; where it
names nobody who works here it rings all the same, in the name of the program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import msgspec
from msgspec import Struct

from tocsin.core.access.permissions import LINES, May
from tocsin.core.access.screens import place_name
from tocsin.core.access.words import KeyScope, Via
from tocsin.core.commands import PlaceReport, Press, PressTaken
from tocsin.core.directory import Directory
from tocsin.core.limits import LABEL_MAX_CHARS, TEXT_MAX_CHARS
from tocsin.core.roster import site_of
from tocsin.core.sight import alert_view
from tocsin.core.words import Came, Kind, PlaceKind, Role
from tocsin.intake.credentials import Credentials, Pass
from tocsin.intake.places_named import Named, asked_for, named_in, no_place
from tocsin.intake.plain import kept_key, moment_ms, number, words
from tocsin.intake.problems import document
from tocsin.intake.ring import Ring
from tocsin.runtime.in_time import submitted
from tocsin.runtime.loop import Unavailable

RADIUS_MAX_M = 40_000_000.0  # Once round the Earth: nothing is less exact.
MAY_RAISE_FOR_OTHERS = frozenset({Role.SUPERVISOR})
KINDS, PLACE_KINDS = frozenset(kind.value for kind in Kind), frozenset(kind.value for kind in PlaceKind)
CAME = {Via.DESK: Came.DESK, Via.KEY: Came.KEY}  # By all else: as from a phone.
MADE = count(1)  # One count for every socket of this process: two presses in one millisecond are two.
TRUE = (True, 1, "true", "yes", "1")
_SILENT = re.compile(r'"silent"\s*:\s*(?:true|1\b|"true")')
_STRING = r'"%s"\s*:\s*"((?:[^"\\]|\\.)*)'
_KIND, _TEXT, _LABEL = (re.compile(_STRING % name) for name in ("kind", "text", "label"))
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(strict=False).decode


class Wish(Struct):
    """What was readable of a body."""

    kind: Kind = Kind.SOS
    silent: bool = False
    text: str | None = None
    place: PlaceReport | None = None
    occurred_at_ms: int | None = None
    for_member: str | None = None
    warnings: list[str] = []
    named: Named = no_place


class Taken(Struct, frozen=True):
    """The answer to a press.  A dead credential, and whoever may not see the alert, gets the receipt alone."""

    receipt: str
    id: str | msgspec.UnsetType = msgspec.UNSET
    state: str | msgspec.UnsetType = msgspec.UNSET
    warnings: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


class Presses:
    """The desk at which presses are taken."""

    def __init__(self, ring: Ring, credentials: Credentials) -> None:
        self._ring, self._credentials = ring, credentials

    def shown(self, header: Callable[[str], str | None]) -> str:
        """What a press shows of whoever sent it.  Raises Trouble for one that another site's page started."""
        return self._credentials.shown(header, changes=True)

    async def take(self, authorization: str | None, key: str | None, body: bytes, flaw: str = "") -> tuple[int, bytes]:
        """Status and JSON body of the answer.  `flaw`: what was wrong with the body before it came here."""
        who = self._credentials.of(authorization)
        if who is None:
            return document("no_credential")
        if not _may_raise(who):
            return document(
                "not_allowed", "This credential reads and was never made to raise; in danger, call by phone."
            )
        directory = self._ring.world.directory(who.org)
        asked: list[str] = []

        def here() -> str:
            """Where the presser is: asked only if a place was named, because it takes a walk through all shifts."""
            asked.append(self._site(who, who.reader.member, directory))
            return asked[0]

        wish, member = self._wish(who, body, flaw, here)
        if asked and (there := self._site(who, member, directory)) != asked[0]:
            wish, member = self._wish(who, body, flaw, lambda: there)  # Each has its own Lot B, and theirs is drawn.
        press = self._press(who, wish, key_of(key, self._ring.clock.now_ms()), member)
        try:
            taken = await submitted(self._ring, press)
        except Unavailable:
            return document("not_stored")
        assert isinstance(taken, PressTaken)
        return 200 if taken.known else 201, _encode(self._answer(who, taken))

    def _wish(self, who: Pass, body: bytes, flaw: str, site: Callable[[], str]) -> tuple[Wish, str]:
        """What the body asks for, and for whom.  `site`: what is named there need not say which site it is of."""
        wish = read_body(body, self._ring.clock.now_ms(), named_in(self._ring.world, who.org, site))
        if flaw:
            wish.warnings.append(flaw)
        return wish, _in_danger(who, wish, self._ring.world.directory(who.org))

    def _site(self, who: Pass, member: str, directory: Directory) -> str:
        """Where their alert is, or would be.  After a duress PIN where a fresh one is: it must look like one."""
        mine = self._ring.world.open_alerts(who.org, f"member/{member}")
        stands = (alert.shown_site for alert in mine if not (alert.drill or alert.looks_closed))
        return who.site or next(stands, "") or site_of(directory, member, self._ring.clock.now_ms())

    def _press(self, who: Pass, wish: Wish, key: str, member: str) -> Press:
        directory = self._ring.world.directory(who.org)
        return Press(
            org=who.org,
            credential=who.credential,
            key=key,
            member=member,
            device=who.credential,
            came=Came.REVOKED if who.raise_only else CAME.get(who.via, Came.DEVICE),
            kind=wish.kind,
            silent=wish.silent,
            text=wish.text,
            places=_places(who, wish, directory, self._ring.clock.now_ms()),
            occurred_at_ms=wish.occurred_at_ms,
            site=who.site if who.site in directory.sites else None,
            warnings=tuple(wish.warnings),
        )

    def _answer(self, who: Pass, taken: PressTaken) -> Taken:
        if taken.received_only:
            return Taken(taken.receipt)
        world = self._ring.world
        alert = world.alert(who.org, taken.alert)
        if alert is None:
            return Taken(taken.receipt)
        own = alert.member == who.reader.member  # Not what this body says: the key may be that of another press.
        if own and not alert.shadows and who.via is not Via.LINK:
            return Taken(taken.receipt, taken.alert, taken.state, taken.warnings)
        shown_id = taken.alert if own else alert.id
        view = alert_view(alert, shown_id, world.directory(who.org), {}, {}, who.reader, self._ring.clock.now_ms())
        return Taken(taken.receipt) if view is None else Taken(taken.receipt, view.id, view.state, taken.warnings)


def key_of(given: str | None, now_ms: int) -> str:
    """The caller's key as it is kept; made where there is none."""
    return kept_key(given) if given and given.strip() else f"made:{now_ms}-{next(MADE)}"


def _may_raise(who: Pass) -> bool:
    """Was this credential made to raise, whatever it is worth now?"""
    return who.via is not Via.WALLBOARD and (who.via is not Via.KEY or KeyScope.RAISE in who.scopes)


def _places(who: Pass, wish: Wish, directory: Directory, now_ms: int) -> tuple[PlaceReport, ...]:
    """Where: what was sent; and where a desk stands, or what the program is called, unless another zone was sent."""
    sent = () if wish.place is None else (wish.place,)
    fixed = place_name(directory, who.site, who.place) or who.place if who.via is Via.DESK else who.label
    if not fixed or any(place.kind is PlaceKind.ZONE for place in sent):
        return sent
    return (PlaceReport(PlaceKind.ZONE, now_ms, label=fixed), *sent)


def _in_danger(who: Pass, wish: Wish, directory: Directory) -> str:
    """Whom the press is for: the presser, the colleague a supervisor names, or the member a program names."""
    own = who.reader.member
    if who.via is Via.KEY:
        return _named(who, wish, directory)
    if wish.for_member is None or wish.for_member == own:
        return own
    member = directory.members.get(own)
    able = not who.raise_only and who.via in LINES[May.RAISE_FOR_OTHERS].by
    may = member is not None and able and MAY_RAISE_FOR_OTHERS.intersection(member.roles)
    if may and wish.for_member in directory.members:
        return wish.for_member
    wish.warnings.append("for_member was dropped: this credential may not raise for that member")
    return own


def _named(who: Pass, wish: Wish, directory: Directory) -> str:
    """The member, or else words that no member's id can be, which every text then has where the name would stand."""
    if wish.for_member is not None and wish.for_member in directory.members:
        return wish.for_member
    wish.warnings.append("for_member names nobody who works here: it rings in the program's name")
    return f"program {who.label}"


def read_body(body: bytes, now_ms: int, named: Named = no_place) -> Wish:
    """Everything that can be used of a body.  `named`: finds a place by its code or id."""
    wish = Wish(warnings=[], named=named)
    if not body.strip():
        return wish
    try:
        fields = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        fields = _rubble(body)
        wish.warnings.append("the body is no readable JSON: only what could be picked out of it was used")
    if isinstance(fields, dict):
        _fill(wish, fields, now_ms)
    else:
        wish.warnings.append("the body is no JSON object and was dropped")
    return wish


def _rubble(body: bytes) -> dict[str, Any]:
    text = body.decode("utf-8", "replace")
    found: dict[str, Any] = {"silent": True} if _SILENT.search(text) else {}
    for name, pattern in (("kind", _KIND), ("text", _TEXT)):
        if match := pattern.search(text):
            found[name] = match[1]
    if match := _LABEL.search(text):
        found["place"] = {"kind": "spoken", "label": match[1]}
    return found


def _fill(wish: Wish, fields: Mapping[str, Any], now_ms: int) -> None:
    """Take each field that can be used and name each that cannot.  Unknown ones are none of our business."""
    for name, fill in _FIELDS.items():
        value = fields.get(name)
        if value is not None and not fill(wish, value, now_ms):
            wish.warnings.append(f"{name} was dropped: it has no value that can be used")


def _kind(wish: Wish, value: object, now_ms: int) -> bool:
    text = value.strip().lower() if isinstance(value, str) else ""
    if text in KINDS:
        wish.kind = Kind(text)
    return text in KINDS


def _silent(wish: Wish, value: object, now_ms: int) -> bool:
    """Whatever may mean *silent* does: a phone that rings aloud gives somebody away."""
    asked = value.strip().lower() if isinstance(value, str) else value
    wish.silent = any(asked == yes for yes in TRUE)
    return isinstance(value, bool) or wish.silent


def _text(wish: Wish, value: object, now_ms: int) -> bool:
    wish.text, cut = words(value, TEXT_MAX_CHARS)
    if cut:
        wish.warnings.append(f"text was cut after {TEXT_MAX_CHARS} characters")
    return wish.text is not None or value == ""


def _place(wish: Wish, value: object, now_ms: int) -> bool:
    wish.place = read_place(value, now_ms, wish.warnings, wish.named)
    return wish.place is not None


def _occurred(wish: Wish, value: object, now_ms: int) -> bool:
    wish.occurred_at_ms = moment_ms(value)
    return wish.occurred_at_ms is not None


def _for_member(wish: Wish, value: object, now_ms: int) -> bool:
    if isinstance(value, str):
        wish.for_member = value
    return isinstance(value, str)


_FIELDS = {
    "kind": _kind,
    "silent": _silent,
    "text": _text,
    "place": _place,
    "occurred_at": _occurred,
    "for_member": _for_member,
}


def read_place(value: object, now_ms: int, warnings: list[str], named: Named = no_place) -> PlaceReport | None:
    """A place as far as it can be used, or None if it says nothing.  A clock that runs ahead is set back to ours.

    One that is named by its code or id is a zone, and says what the site calls it.
    """
    if not isinstance(value, dict):
        return None
    zone = asked_for(value, named, warnings)
    label, _ = words(value.get("label"), LABEL_MAX_CHARS)
    lat, lon = number(value.get("lat"), -90, 90), number(value.get("lon"), -180, 180)
    if lat is None or lon is None:
        lat = lon = None
    if lat is None and label is None and zone is None:
        return None
    given = value.get("kind")
    kind = PlaceKind(given) if isinstance(given, str) and given in PLACE_KINDS else _likely(lat)
    at_ms = moment_ms(value.get("at"))
    if at_ms is None and value.get("at") is not None:
        warnings.append("place.at was dropped: it has no value that can be used")
    if at_ms is not None and at_ms > now_ms:
        warnings.append("place.at lies ahead of the server's clock and was set to now")
    if zone is not None:
        return PlaceReport(PlaceKind.ZONE, min(now_ms if at_ms is None else at_ms, now_ms), zone)
    radius_m = number(value.get("radius_m"), 0, RADIUS_MAX_M)
    return PlaceReport(kind, min(now_ms if at_ms is None else at_ms, now_ms), label, lat, lon, radius_m)


def _likely(lat: float | None) -> PlaceKind:
    return PlaceKind.SPOKEN if lat is None else PlaceKind.FIX
