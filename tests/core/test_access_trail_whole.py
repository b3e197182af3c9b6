"""No change of access or of the organisation is without its line in the trail: every command that there is, asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

import pytest
from msgspec.structs import replace
from second_person import asked, file, peopled, roles
from ward import HOUR, ORG, PLAN, SITE, Ward, founded

from tocsin.core import commands as c
from tocsin.core.access import change_commands as g
from tocsin.core.access import clock_commands as k
from tocsin.core.access import commands as a
from tocsin.core.access import entry_commands as n
from tocsin.core.access import place_commands as o
from tocsin.core.access import plan_commands as p
from tocsin.core.access import push_commands as u
from tocsin.core.access import roll_commands as q
from tocsin.core.access import roster_commands as r
from tocsin.core.access import sign_in_commands as s
from tocsin.core.access import swap_commands as x
from tocsin.core.access import tie_commands as t
from tocsin.core.access.acts import SENTENCES
from tocsin.core.access.edits import PlaceEdit, ShiftEdit
from tocsin.core.access.feed_record import Feed, FeedFault
from tocsin.core.access.push_record import Subscription
from tocsin.core.access.record import OPERATOR, SYSTEM, By, Recovery, RecoveryCodes
from tocsin.core.access.roll_record import RollCall
from tocsin.core.access.swaps import Stretch, Swap
from tocsin.core.access.words import KeyScope, LinkKind, Via, What
from tocsin.core.directory import Contact, Place, Script, Shift
from tocsin.core.ground import Known
from tocsin.core.limits import RECOVERY_CODES, WALK_GRACE_S, WALK_REMIND_S
from tocsin.core.roster_span import Span
from tocsin.core.words import Channel, Duty

# That a page was opened is no act; who came in, and when, is one already.  To want a feed read now changes nothing;
# what its reading changes is one.  So with a push that is only sent to be acknowledged.  Who is safe stands in the
# report of the roll call.  A link to an alert was opened by somebody whom it rang: the trail tells nothing of an alert.
MACHINE_MADE = {s.SeeSession, r.AskFeed, u.AskPushTest, q.SaySafe, n.BindLink}
SAYING: Script = Script(Duty.DOOR, "en", "Lock the north door.")
KNOWN: tuple[Known, ...] = (Known(0, 0, 41.5, -87.25), Known(9_000, 0, 41.5, -87.24))
Scenario = Callable[[Ward], c.Command]


def office() -> Ward:
    ward = peopled()
    ward.passkey("bo")
    ward.guarded()
    return ward


def _links(ward: Ward) -> str:
    return ward.link(LinkKind.ENROLMENT, OPERATOR, "bo").id


def _lapsed(ward: Ward) -> c.Command:
    id = _links(ward)
    ward.now_ms += 2 * HOUR
    return a.LookAt(org=ORG, kind="link", id=id)


def _reinstated(ward: Ward) -> c.Command:
    ward.do(a.Suspend(org=ORG, by=ward.session("teo"), member="bo"))
    return a.Reinstate(org=ORG, by=ward.session("ada"), member="bo")


def _refused_reset(ward: Ward) -> c.Command:
    ward.do(a.ResetPins(org=ORG, by=ward.session("teo"), member="bo"))
    return a.RefusePinReset(org=ORG, by=ward.session("ines"), member="bo")


def _recovery(ward: Ward) -> str:
    ward.do(n.AskRecovery(org=ORG, by=ward.session("teo"), member="bo"))
    (known,) = ward.world.all_kept(ORG, Recovery)
    return known


def _by_code(ward: Ward) -> c.Command:
    ward.put(RecoveryCodes(id="bo", hashes=("h",), made_ms=ward.now_ms))
    return s.SignInByCode(org=ORG, member="bo", matched="h", token_hash="t" * 40)


def _lifted(ward: Ward) -> c.Command:
    ward.do(t.SetTie(org=ORG, by=ward.session("wale"), member="ada", about="noor"))
    return t.LiftTie(org=ORG, by=ward.session("wale"), member="ada", about="noor")


def _ended(ward: Ward) -> c.Command:
    return a.EndAccess(org=ORG, by=ward.session("teo"), what=What.PERSON, id="bo")


def _passkey(ward: Ward, by: By) -> c.Command:
    return s.AddPasskey(org=ORG, by=by, id="new", public_key=b"k", sign_count=0)


ASKED: Mapping[type, Scenario] = {
    c.ReplaceDirectory: lambda w: c.ReplaceDirectory(org=ORG, directory=file(w, name="Birch"), by="file"),
    c.Enrol: lambda w: c.Enrol(org=ORG, by=OPERATOR, member="bo", device="d", token_hash="h"),
    c.Revoke: lambda w: c.Revoke(org=ORG, by=OPERATOR, member="bo"),
    c.SetPins: lambda w: c.SetPins(org=ORG, by=w.session("bo"), member="bo", pin_hash="a", duress_pin_hash="b"),
    c.SetCallCode: lambda w: c.SetCallCode(org=ORG, by=w.session("bo"), member="bo", call_code_hash="h"),
    c.SetContact: lambda w: contact_of_bo(SYSTEM),
    a.LookAt: _lapsed,
    g.HireMember: lambda w: g.HireMember(
        org=ORG, by=w.session("ada"), id="uma", member=replace(g.form_of(founded().members["bo"]), contacts=())
    ),
    g.EditMember: lambda w: g.EditMember(
        org=ORG, by=w.session("ada"), member="bo", before=roles()[0], after=replace(roles()[0], name="Bo B")
    ),
    g.AgreeChange: lambda w: g.AgreeChange(org=ORG, by=w.session("teo"), change=asked(w)),
    g.RefuseChange: lambda w: g.RefuseChange(org=ORG, by=w.session("teo"), change=asked(w)),
    g.WithdrawChange: lambda w: g.WithdrawChange(org=ORG, by=w.session("ada"), change=asked(w)),
    n.Found: lambda w: n.Found(
        org="birch",
        by=OPERATOR,
        name="Birch",
        site=SITE,
        site_name="Centre",
        time_zone="UTC",
        member="ada",
        member_name="Ada",
    ),
    n.MakeLink: lambda w: n.MakeLink(
        org=ORG, by=w.session("ada"), kind=LinkKind.ENROLMENT, token_hash="t" * 40, member="bo"
    ),
    n.UseLink: lambda w: n.UseLink(org=ORG, link=_links(w), token_hash="u" * 40),
    n.EndDevice: lambda w: n.EndDevice(org=ORG, by=w.session("bo"), device="bo-phone"),
    n.MakeKey: lambda w: n.MakeKey(
        org=ORG,
        by=w.session("ada"),
        token_hash="k" * 40,
        label="door",
        scopes=(KeyScope.RAISE,),
        ends_ms=w.now_ms + 24 * HOUR,
    ),
    n.AskRecovery: lambda w: n.AskRecovery(org=ORG, by=w.session("teo"), member="bo"),
    n.VouchRecovery: lambda w: n.VouchRecovery(org=ORG, by=w.session("ines"), recovery=_recovery(w)),
    n.RefuseRecovery: lambda w: n.RefuseRecovery(org=ORG, by=w.session("ines"), recovery=_recovery(w)),
    s.SignInByPasskey: lambda w: s.SignInByPasskey(org=ORG, passkey="passkey-bo", sign_count=1, token_hash="t" * 40),
    s.SignInByCode: _by_code,
    s.SignInByProvider: lambda w: s.SignInByProvider(org=ORG, member="bo", token_hash="t" * 40),
    s.ProveAgain: lambda w: s.ProveAgain(org=ORG, by=w.session("bo"), passkey="passkey-bo", sign_count=1),
    s.SignOut: lambda w: s.SignOut(org=ORG, by=w.session("bo")),
    s.EndSessions: lambda w: s.EndSessions(org=ORG, by=w.session("teo"), member="ada"),
    s.AddPasskey: lambda w: _passkey(w, w.session("ines")),
    s.NamePasskey: lambda w: s.NamePasskey(org=ORG, by=w.session("bo"), id="passkey-bo", label="fob"),
    s.RemovePasskey: lambda w: _removed(w),
    s.SetCodes: lambda w: s.SetCodes(
        org=ORG, by=w.session("bo"), hashes=tuple(str(number) for number in range(RECOVERY_CODES))
    ),
    a.EndAccess: _ended,
    a.Suspend: lambda w: a.Suspend(org=ORG, by=w.session("teo"), member="bo"),
    a.Reinstate: _reinstated,
    a.ResetPins: lambda w: a.ResetPins(org=ORG, by=w.session("teo"), member="bo"),
    a.Restore: lambda w: a.Restore(org=ORG, by=OPERATOR),
    a.RefusePinReset: _refused_reset,
    t.SetTie: lambda w: t.SetTie(org=ORG, by=w.session("wale"), member="ada", about="noor"),
    t.LiftTie: _lifted,
    k.ClockIn: lambda w: k.ClockIn(org=ORG, by=w.session("wale"), member="wale"),
    k.ClockOut: lambda w: k.ClockOut(org=ORG, by=w.session("bo"), member="bo"),
    x.AskSwap: lambda w: asking(w),
    x.AnswerSwap: lambda w: x.AnswerSwap(org=ORG, by=w.session("ada"), swap=_swap(w), accepts=False),
    x.WithdrawSwap: lambda w: x.WithdrawSwap(org=ORG, by=w.session("bo"), swap=_swap(w)),
    r.ImportRoster: lambda w: r.ImportRoster(
        org=ORG, by=w.session("teo"), span=Span(SITE, 10**15, 10**15 + HOUR, 0), before=(), after=(_late(),)
    ),
    r.AddFeed: lambda w: _fed(w),
    r.EndFeed: lambda w: r.EndFeed(org=ORG, by=w.session("teo"), feed=_feed(w)),
    r.HearFeed: lambda w: r.HearFeed(org=ORG, feed=_feed(w), told=FeedFault.AWAY),
    p.SetPlan: lambda w: p.SetPlan(
        org=ORG, by=w.session("teo"), site=SITE, kind=PLAN.kind, before=PLAN, after=replace(PLAN, scripts=(SAYING,))
    ),
    p.SetWalkTimes: lambda w: p.SetWalkTimes(
        org=ORG, by=w.session("teo"), site=SITE, before=(WALK_GRACE_S, WALK_REMIND_S), grace_s=30, remind_s=300
    ),
    o.EditPlaces: lambda w: _placed(w),
    o.SetSheet: lambda w: o.SetSheet(org=ORG, by=w.session("teo"), site=SITE, on="", picture=None, before=None),
    o.SetKnown: lambda w: o.SetKnown(org=ORG, by=w.session("teo"), site=SITE, on="", known=KNOWN),
    o.MakeCodes: lambda w: o.MakeCodes(org=ORG, by=w.session("teo"), site=SITE, places=_lot(w)),
    x.EditRoster: lambda w: x.EditRoster(
        org=ORG, by=w.session("teo"), edits=(ShiftEdit((SITE, 1, 10**15, 0), None, ("ada",)),)
    ),
    u.Subscribe: lambda w: _subscribing(w),
    u.Unsubscribe: lambda w: u.Unsubscribe(org=ORG, by=By("bo", Via.DEVICE, _subscribed(w).device)),
    u.PushProven: lambda w: u.PushProven(org=ORG, subscription=_subscribed(w).id, asked_ms=w.now_ms),
    q.CallRoll: lambda w: q.CallRoll(org=ORG, by=w.session("teo"), site=SITE),
    q.CloseRoll: lambda w: q.CloseRoll(org=ORG, by=w.session("teo"), roll=_rolled(w)),
    u.PushGone: lambda w: u.PushGone(org=ORG, subscription=_subscribed(w).id),
}


def _rolled(ward: Ward) -> str:
    ward.do(q.CallRoll(org=ORG, by=ward.session("teo"), site=SITE))
    (known,) = ward.world.all_kept(ORG, RollCall)
    return known


def _subscribing(ward: Ward) -> u.Subscribe:
    by = By("bo", Via.DEVICE, "bo-phone")
    return u.Subscribe(org=ORG, by=by, endpoint="https://push.example.org/1", p256dh="k", auth="a")


def _subscribed(ward: Ward) -> Subscription:
    ward.do(_subscribing(ward))
    (known,) = ward.world.all_kept(ORG, Subscription).values()
    return known


def _placed(ward: Ward) -> c.Command:
    edit = PlaceEdit(SITE, "lot", None, Place(SITE, "lot", "Lot", "lot"))
    return o.EditPlaces(org=ORG, by=ward.session("teo"), site=SITE, edits=(edit,))


def _lot(ward: Ward) -> tuple[str, ...]:
    ward.do(_placed(ward))
    return ("lot",)


def _late() -> Shift:
    return Shift(SITE, ("ada", "teo", "ines"), 10**15, 10**15 + HOUR)


def _fed(ward: Ward) -> c.Command:
    url = "https://roster.example.org/night.ics"
    return r.AddFeed(org=ORG, by=ward.session("teo"), site=SITE, url=url, label="night")


def _feed(ward: Ward) -> str:
    ward.do(_fed(ward))
    (known,) = ward.world.all_kept(ORG, Feed)
    return known


def asking(ward: Ward) -> c.Command:
    """Bo asks Ada to take an hour of his."""
    gives = Stretch((SITE, 0, 10**15, 0), ward.now_ms + HOUR, ward.now_ms + 2 * HOUR)
    return x.AskSwap(org=ORG, by=ward.session("bo"), taker="ada", gives=gives)


def _swap(ward: Ward) -> str:
    ward.do(asking(ward))
    (known,) = ward.world.all_kept(ORG, Swap)
    return known


def _removed(ward: Ward) -> c.Command:
    by = ward.session("bo")
    ward.do(_passkey(ward, by))
    return s.RemovePasskey(org=ORG, by=by, id="passkey-bo")


def contact_of_bo(by: By) -> c.SetContact:
    contact = Contact("bo/sms", Channel.SMS, "+12025550111", verified=True, opted_out=True)
    return c.SetContact(org=ORG, by=by, member="bo", contact=contact)


def facts(ward: Ward, org: str) -> list[str]:
    return [fact.type for fact in ward.store.facts(org, 0, 100_000)]


def test_the_list_here_is_whole() -> None:
    """A new command of access comes with its line of the trail, or says here why it has none."""
    assert ASKED.keys() | MACHINE_MADE == {*get_args(c.DirectoryCommand), *get_args(a.AccessCommand)}
    assert not ASKED.keys() & MACHINE_MADE


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.__name__)
def test_what_changes_access_is_in_the_trail(kind: type) -> None:
    ward = office()
    command = ASKED[kind](ward)
    before = facts(ward, command.org)
    reply = ward.do(command)
    assert type(command) is kind and reply == c.Done(split=getattr(reply, "split", None)), reply
    written = facts(ward, command.org)[len(before) :]
    assert written and "ActSet" in written, written
    assert set(ward.trail()) <= SENTENCES.keys()


def test_a_file_that_is_applied_before_anybody_has_signed_in_is_in_the_trail_too() -> None:
    ward = Ward()
    ward.do(c.ReplaceDirectory(org=ORG, directory=file(ward, name="Birch"), by="file"))
    assert ward.trail() == ["file_applied_whole"]


@pytest.mark.parametrize("way", ["a colleague", "not proven", "no session"])
def test_nobody_sets_anothers_call_code_or_contact(way: str) -> None:
    ward = office()
    by = {"a colleague": ward.session("teo"), "not proven": ward.session("bo", fresh=False)}.get(way, By("bo"))
    by = by if way != "no session" else replace(ward.session("bo"), credential="never issued")
    before = facts(ward, ORG)
    for command in (c.SetCallCode(org=ORG, by=by, member="bo", call_code_hash="h"), contact_of_bo(by)):
        assert isinstance(ward.do(command), c.Declined)
    assert facts(ward, ORG) == before


def test_a_member_says_of_their_own_contact_how_it_is_and_is_told() -> None:
    ward = office()
    assert ward.do(contact_of_bo(ward.session("bo"))) == c.Done()
    assert ward.member("bo").contacts[0].opted_out and ward.trail()[-1] == "contact_set"


def test_the_operator_changes_contacts_by_a_file_alone_where_what_mutes_waits() -> None:
    ward = office()
    assert ward.do(contact_of_bo(OPERATOR)) == c.Declined(problem=c.Problem.NOT_ALLOWED)


def test_phones_are_enrolled_and_revoked_without_a_link_by_the_operator_alone() -> None:
    ward = office()
    by = ward.session("ada")
    for command in (
        c.Enrol(org=ORG, by=by, member="bo", device="d", token_hash="h"),
        c.Revoke(org=ORG, by=by, member="bo"),
    ):
        assert ward.do(command) == c.Declined(problem=c.Problem.NOT_ALLOWED)


def test_nobody_unknown_gets_a_call_code() -> None:
    ward = office()
    nobody = c.SetCallCode(org=ORG, by=OPERATOR, member="nobody", call_code_hash="h")
    assert ward.do(nobody) == c.Declined(problem=c.Problem.NO_SUCH_MEMBER)
    unknown = replace(contact_of_bo(SYSTEM), member="nobody")
    assert ward.do(unknown) == c.Declined(problem=c.Problem.NO_SUCH_MEMBER)
