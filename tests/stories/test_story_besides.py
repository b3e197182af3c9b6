"""Mail, services and webhooks tell besides: they are sent, they never count as reach, and they hold nothing back."""

from __future__ import annotations

from carrier import Carrier, news
from msgspec.structs import replace
from people import PLAN, directory
from town import Town

from tocsin.core.commands import Moved, Report
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Contact, Directory
from tocsin.core.message import text_of
from tocsin.core.words import Answer, Channel, DeliveryState, Purpose, Reason

ROUTES = {
    Channel.SMS: ("twilio",),
    Channel.EMAIL: ("smtp",),
    Channel.OTHER: ("apprise",),
    Channel.WEBHOOK: ("webhook",),
}
BESIDES = {
    Channel.EMAIL: "teo@example.org",
    Channel.OTHER: "ward",
    Channel.WEBHOOK: "https://hooks.example.org/siren",
}


class NoTexts(Carrier):
    """The mail works, and no text arrives."""

    def take(self, delivery: Delivery, org: str, now_ms: int) -> tuple[list[tuple[int, Report]], bool]:
        if delivery.channel is Channel.SMS:
            return [(now_ms, news(delivery, org, Moved.REFUSED, Reason.NUMBER_DEAD))], False
        return super().take(delivery, org, now_ms)


def centre(*, texts: bool = True) -> Directory:
    """The centre where Teo has a mail address, a service and a webhook too, and each rung asks for all of them."""
    found = directory()
    teo = found.members["teo"]
    more = tuple(Contact(f"teo/{kind}", kind, to, verified=True) for kind, to in BESIDES.items())
    members = {**found.members, "teo": replace(teo, contacts=(*(teo.contacts if texts else ()), *more))}
    rungs = tuple(replace(rung, channels=((Channel.SMS, *BESIDES),)) for rung in PLAN.rungs)
    return replace(found, members=members, plans=(replace(PLAN, rungs=rungs),))


def town(*, texts: bool = True) -> Town:
    made = Town(routes=ROUTES)
    made.founded(centre(texts=texts))
    return made


def test_a_press_tells_on_every_way_at_once() -> None:
    story = town()
    story.press()
    story.expect("ring teo teo teo teo bo ines")
    assert {d.channel for d in story.messages("teo")} == {Channel.SMS, *BESIDES}


def test_whoever_has_mail_alone_counts_as_unreached_and_is_shown_so_at_once() -> None:
    story = town(texts=False)
    story.press()
    story.expect("ring teo teo teo bo ines")
    assert story.alert().people["teo"].unreachable is Reason.NO_CONTACT
    shown = [d for d in story.messages("teo") if d.state is DeliveryState.UNDELIVERABLE]
    assert len(shown) == 1


def test_a_rung_reached_by_mail_alone_is_climbed_at_once() -> None:
    found = centre(texts=False)
    nobody = {name: replace(found.members[name], contacts=()) for name in ("bo", "ines")}
    story = Town(routes=ROUTES)
    story.founded(replace(found, members={**found.members, **nobody}))
    story.press()
    assert story.rung > 0
    assert {d.member for d in story.deliveries() if d.state is not DeliveryState.UNDELIVERABLE} >= {"teo", "wale"}


def test_a_mail_that_was_taken_does_not_make_up_for_a_text_that_was_not() -> None:
    story = town()
    story.carrier = NoTexts()
    story.press()
    story.expect_only("ring")
    assert story.alert().people["teo"].unreachable is not None
    mails = [d for d in story.messages("teo") if d.channel is not Channel.SMS]
    assert {d.state for d in mails} == {DeliveryState.HANDED_OVER}


def test_mail_is_handed_over_for_good_and_nothing_waits_for_it() -> None:
    story = town()
    story.press()
    story.expect_only("ring")
    story.say("teo", Answer.COMING)
    story.say("ines", Answer.COMING)
    story.at(20)
    story.propose("ines")
    story.confirm("teo")
    story.at(400)
    assert not story.alert().open
    mails = [d for d in story.messages("teo") if d.channel is not Channel.SMS]
    assert {d.state for d in mails} <= {DeliveryState.ANSWERED, DeliveryState.HANDED_OVER}
    assert all(d.due_at_ms is None for d in story.deliveries())


def test_the_all_clear_goes_by_the_way_that_reaches_and_once() -> None:
    story = town()
    story.press()
    story.say("teo", Answer.COMING)
    story.say("ines", Answer.COMING)
    story.propose("ines")
    story.confirm("teo")
    story.at(100)
    (clear,) = story.messages("teo", Purpose.ALL_CLEAR)
    assert clear.channel is Channel.SMS


def test_whoever_was_told_by_mail_alone_gets_an_all_clear_that_names_nobody() -> None:
    story = town(texts=False)
    story.press()
    story.say("ines", Answer.COMING)
    story.say("teo", Answer.COMING)
    story.propose("ines")
    story.confirm("teo")
    story.at(100)
    (clear,) = story.messages("teo", Purpose.ALL_CLEAR)
    assert clear.channel in BESIDES
    assert "Noor" not in story.texts["teo"] and "over" in story.texts["teo"]


def test_no_way_but_the_text_holds_the_numbers_of_an_answer() -> None:
    story = town()
    story.press()
    story.expect("ring teo teo teo teo bo ines")
    numbers = story.alert().people["teo"].numbers
    for delivery in story.messages("teo"):
        text = text_of(delivery, story.alert(), story.directory, {}, story.now_ms)
        assert "Noor" in text
        assert any(number in text for number in numbers) == (delivery.channel is Channel.SMS)
