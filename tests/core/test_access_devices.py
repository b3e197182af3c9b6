"""Phones: enrolled by a link, lost, revoked, replaced; and always good for a call for help."""

from __future__ import annotations

import msgspec
import pytest
from entrance import ORG, Entrance, centre
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tocsin.core import commands as c
from tocsin.core.access.devices import TRANSITIONS, DeviceState, IllegalEnd, ended, state_of
from tocsin.core.access.entry_commands import EndDevice
from tocsin.core.access.record import OPERATOR, By
from tocsin.core.access.words import Ended, LinkKind, Told
from tocsin.core.directory import Device
from tocsin.core.words import Came
from tocsin.identity.token import token_hash


@pytest.fixture
def door() -> Entrance:
    return Entrance(centre())


def enrolled(door: Entrance, name: str = "noor", *, before: str = "", label: str = "") -> Device:
    """A phone that has used its link."""
    known = set(door.directory.devices)
    token = f"link {len(known)} {door.count}"
    door.link(LinkKind.ENROLMENT, token, member=name, subject=before)
    door.done(door.using(token, f"device {len(known)}", label))
    (new,) = set(door.directory.devices) - known
    return door.directory.devices[new]


def end(device: str, by: By, why: Ended = Ended.REVOKED) -> EndDevice:
    return EndDevice(org=ORG, by=by, device=device, why=why)


def test_a_phone_is_enrolled_by_its_link_and_its_owner_is_told(door: Entrance) -> None:
    device = enrolled(door, label="Noor's phone")
    assert (device.member, device.label, device.enrolled_ms) == ("noor", "Noor's phone", door.now_ms)
    assert device.token_hash == token_hash("device 0") and state_of(device) is DeviceState.ENROLLED
    told = {act.what: (act.told, act.about) for act in door.trail()}
    assert told["device_enrolled"] == told["link_used"] == (Told.THEMSELF, "noor")


def test_a_phone_without_a_name_of_its_own_gets_that_of_its_link(door: Entrance) -> None:
    door.link(LinkKind.ENROLMENT, "t", member="noor", label="the old one")
    door.done(door.using("t"))
    assert [device.label for device in door.directory.devices.values()] == ["the old one"]


def test_a_new_phone_takes_the_place_of_the_old_one_in_the_same_decision(door: Entrance) -> None:
    old = enrolled(door)
    new = enrolled(door, before=old.id)
    assert door.directory.devices[old.id].ended is Ended.REPLACED
    assert not door.directory.devices[new.id].revoked
    enrolled(door)
    assert not door.directory.devices[new.id].revoked, "a third beside it ends nothing"


def test_nobody_replaces_a_phone_that_is_not_theirs(door: Entrance) -> None:
    his = enrolled(door, "bo")
    for subject in (his.id, "no such phone"):
        command = door.making(LinkKind.ENROLMENT, "t", member="noor", subject=subject)
        assert door.declined(command) is c.Problem.NO_SUCH_RECORD
    assert not door.directory.devices[his.id].revoked


def test_everybody_ends_their_own_and_supervisors_end_anybodys(door: Entrance) -> None:
    mine, hers = enrolled(door, "bo"), enrolled(door, "noor")
    door.done(end(mine.id, door.signed_in("bo"), Ended.LOST))
    assert door.directory.devices[mine.id].ended is Ended.LOST
    bo = door.signed_in("bo")
    assert door.declined(end(hers.id, bo)) is c.Problem.NOT_ALLOWED
    assert door.declined(end("no such phone", bo)) is c.Problem.NOT_ALLOWED, "whether there is one is not told"
    teo = door.signed_in("teo")
    assert door.declined(end("no such phone", teo)) is c.Problem.NO_SUCH_RECORD
    door.done(end(hers.id, teo))
    assert door.directory.devices[hers.id].revoked
    assert door.trail()[-1].about == "noor" and door.trail()[-1].told is Told.THEMSELF


def test_an_end_that_is_none_is_declined(door: Entrance) -> None:
    phone = enrolled(door)
    assert door.declined(end(phone.id, door.signed_in("noor"), Ended.IDLE)) is c.Problem.NO_SUCH_RECORD


def test_ending_a_phone_twice_changes_nothing_and_the_first_reason_stays(door: Entrance) -> None:
    phone = enrolled(door)
    door.done(end(phone.id, door.signed_in("noor"), Ended.LOST))
    lines = len(door.trail())
    door.done(end(phone.id, door.signed_in("teo")))
    assert door.directory.devices[phone.id].ended is Ended.LOST and len(door.trail()) == lines


def test_the_operator_enrols_and_revokes_as_ever_and_it_is_in_the_trail(door: Entrance) -> None:
    door.done(c.Enrol(org=ORG, by=OPERATOR, member="noor", device="d", token_hash="h"))
    assert (
        door.declined(c.Enrol(org=ORG, by=OPERATOR, member="x", device="d", token_hash="h")) is c.Problem.NO_SUCH_MEMBER
    )
    door.done(c.Revoke(org=ORG, by=OPERATOR, member="noor"))
    assert door.directory.devices["d"].ended is Ended.REVOKED
    assert door.declined(c.Revoke(org=ORG, by=OPERATOR, device="nobody's")) is c.Problem.NO_SUCH_MEMBER
    assert door.whats()[-2:] == ["device_enrolled", "device_ended"]


def test_an_ended_phone_still_calls_for_help_and_learns_only_received(door: Entrance) -> None:
    phone = enrolled(door)
    door.done(end(phone.id, door.signed_in("noor"), Ended.LOST))
    press = c.Press(org=ORG, credential=phone.id, key="k", member="noor", device=phone.id, came=Came.REVOKED)
    taken = door.do(press)
    assert isinstance(taken, c.PressTaken) and taken.received_only


def test_a_phone_of_the_time_before_is_read_as_it_was() -> None:
    old = msgspec.msgpack.encode({"id": "d", "member": "noor", "token_hash": "h", "revoked": True})
    device = msgspec.msgpack.decode(old, type=Device)
    assert device == Device("d", "noor", "h", revoked=True) and state_of(device) is DeviceState.ENDED


@pytest.mark.parametrize("why", list(Ended))
@pytest.mark.parametrize("revoked", [False, True])
def test_only_what_the_table_knows_ends_a_phone(why: Ended, revoked: bool) -> None:
    device = Device("d", "noor", "h", revoked=revoked)
    if why in TRANSITIONS[state_of(device)]:
        assert ended(device, why).revoked
    else:
        with pytest.raises(IllegalEnd):
            ended(device, why)


class AnyPockets(RuleBasedStateMachine):
    """Phones come, replace each other, are lost and revoked, by whoever tries."""

    def __init__(self) -> None:
        super().__init__()
        self.door = Entrance(centre())
        self.ended: dict[str, Ended | None] = {}

    @rule(name=st.sampled_from(["noor", "bo"]), before=st.integers(0, 5))
    def enrols(self, name: str, before: int) -> None:
        theirs = [device.id for device in self.door.directory.devices.values() if device.member == name]
        enrolled(self.door, name, before=theirs[before] if before < len(theirs) else "")

    @rule(
        which=st.integers(0, 5),
        who=st.sampled_from(["noor", "bo", "teo", "lena"]),
        why=st.sampled_from([Ended.LOST, Ended.REVOKED]),
    )
    def ends(self, which: int, who: str, why: Ended) -> None:
        devices = list(self.door.directory.devices.values())
        if which >= len(devices):
            return
        may = who in (devices[which].member, "teo")
        reply = self.door.do(end(devices[which].id, self.door.signed_in(who), why))
        assert isinstance(reply, c.Done if may else c.Declined)

    @invariant()
    def what_has_ended_stays_ended_for_the_reason_it_had(self) -> None:
        for id, device in self.door.directory.devices.items():
            assert device.revoked == (device.ended is not None)
            assert self.ended.get(id) in (None, device.ended)
            self.ended[id] = device.ended


TestAnyPockets = AnyPockets.TestCase
