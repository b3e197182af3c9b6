"""The duress PIN while two people are about to close an alert that her phone goes on showing, as with the real PIN.

To those who help it undoes the close, like a press; on her screen the proposal stands for as long as it would have.
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from people import ORG, directory
from two_towns import Both, Side
from walker import RAISED_S

from tocsin.core import commands as c
from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.alert import Alert
from tocsin.core.shadow import lives_of
from tocsin.core.sight import Reader, alert_view
from tocsin.core.views import ClosingView
from tocsin.core.words import Answer, Outcome, Phase, Role, WalkState

T = RAISED_S


def raised(both: Both, *, by: str = "teo") -> None:
    """A walk has raised its alert, and somebody proposes to close it."""
    both.do(lambda side: side.noor.start())
    both.at(T, T + 5)
    both.do(lambda side: proposes(side, by))


def proposes(side: Side, name: str, outcome: Outcome = Outcome.POLICE) -> c.Reply:
    command = c.ProposeClose(org=ORG, alert=alert(side).id, member=name, device=f"{name}-phone", outcome=outcome)
    return side.town.do(command)


def confirms(side: Side, name: str = "ines") -> c.Reply:
    return side.town.do(c.ConfirmClose(org=ORG, alert=alert(side).id, member=name, device=f"{name}-phone"))


def alert(side: Side) -> Alert:
    return side.noor.alerts()[0]


def seen_closing(side: Side) -> ClosingView | None:
    one, now_ms = alert(side), side.town.now_ms
    view = alert_view(one, lives_of(one)[-1], side.town.directory, {}, {}, Reader("noor", "noor-phone"), now_ms)
    assert view is not None and (view.closing is None or isinstance(view.closing, ClosingView))
    return view.closing


def test_a_proposal_stands_on_her_screen_until_it_lapses(both: Both) -> None:
    raised(both)
    both.at(T + 10)
    both.home()
    assert alert(both.real).proposal is not None and alert(both.forced).proposal is None
    assert seen_closing(both.forced) == seen_closing(both.real)
    both.at(T + 11, T + 124.999)
    both.home()
    assert seen_closing(both.forced) is not None
    both.at(T + 125)
    assert seen_closing(both.forced) is None
    both.at(T + 126)
    both.over()


@pytest.mark.slow
def test_a_close_that_was_confirmed_comes_true_on_her_screen_and_nowhere_else() -> None:
    both = Both(restarts=True)
    raised(both)
    both.at(T + 8)
    both.do(confirms)
    both.at(T + 10)
    both.home()
    both.at(T + 30)
    both.home()
    both.at(T + 67.999, T + 68)
    assert not alert(both.real).open
    assert alert(both.forced).open and alert(both.forced).looks_closed
    both.at(T + 70)
    both.do(lambda side: side.town.pin(c.PinMatch.REAL, alert=side.noor.walk.shown))
    both.press("again")
    assert len(both.forced.noor.alerts()) == 1
    both.at(T + 71, T + 116, T + 161)
    both.over()


def test_a_close_that_would_not_have_come_true_does_not(both: Both) -> None:
    raised(both)
    both.do(confirms)
    both.home()
    for side in (both.real, both.forced):
        people = directory()
        members = {**people.members, "ines": replace(people.members["ines"], roles=(Role.RESPONDER,))}
        side.town.world.directories[ORG] = replace(side.town.directory, members=members)
    both.at(T + 64.999, T + 65, T + 66)
    assert alert(both.forced).open and not alert(both.forced).looks_closed


def test_what_undoes_a_proposal_undoes_what_she_is_shown_of_it(both: Both) -> None:
    raised(both)
    both.home()
    both.do(lambda side: side.town.do(Suspend(org=ORG, member="teo", by=OPERATOR)))
    assert seen_closing(both.forced) is None


def test_a_press_undoes_it(both: Both) -> None:
    raised(both)
    both.home()
    both.at(T + 7)
    both.press("help")
    assert seen_closing(both.forced) is None
    both.at(T + 8)


def test_a_helper_who_falls_silent_undoes_it(both: Both) -> None:
    both.do(lambda side: side.noor.start())
    both.at(T)
    both.say(Answer.WITH_THEM, "bo")
    both.at(T + 20)
    both.do(lambda side: proposes(side, "teo"))
    both.home()
    both.at(T + 119.999)
    assert seen_closing(both.forced) is not None
    both.at(T + 120)
    assert seen_closing(both.forced) is None


def test_the_pin_closes_it_as_a_pin_does(both: Both) -> None:
    raised(both)
    both.do(confirms)
    both.home()
    both.do(lambda side: side.town.pin(c.PinMatch.REAL, alert=side.noor.walk.shown))
    assert '"outcome":"safe"' in both.forced.shown[-1]
    both.at(T + 65, T + 66)


def test_a_proposal_made_anew_is_seen_from_when_it_is_confirmed(both: Both) -> None:
    raised(both)
    both.home()
    forced = both.forced
    forced.town.at(T + 10)
    assert proposes(forced, "bo", Outcome.MEDICAL) == c.Done()
    before = seen_closing(forced)
    assert before is not None and before.outcome is Outcome.POLICE and before.commits_at is None
    assert confirms(forced) == c.Done()
    after = seen_closing(forced)
    assert after is not None and after.outcome is Outcome.MEDICAL and after.commits_at is not None
    forced.town.at(T + 70)
    assert alert(forced).phase is Phase.CLOSED


def test_a_walk_beside_an_alert_that_she_sees_leaves_its_proposal_there(both: Both) -> None:
    both.press("first")
    both.at(5)
    both.do(lambda side: proposes(side, "teo"))
    both.do(lambda side: side.noor.start())
    both.home()
    assert both.forced.noor.state() is WalkState.HOME and seen_closing(both.forced) is not None
    both.at(6, 125, 126)
    assert seen_closing(both.forced) is None


def test_on_the_phone_itself_the_pin_ends_a_proposal_with_the_alert(both: Both) -> None:
    both.press("first")
    both.at(5)
    both.do(lambda side: proposes(side, "teo"))
    both.do(confirms)
    both.do(lambda side: side.town.pin(side.match))
    both.at(65, 66)
    both.press("second")
    assert alert(both.forced).open and alert(both.forced).proposal is None
    both.at(67, 130)


def test_whoever_said_safe_and_is_home_late_is_shown_a_closed_alert_and_nothing_of_the_word() -> None:
    both = Both(restarts=False, watched=True)
    both.do(lambda side: side.noor.start())
    both.at(T)
    both.do(lambda side: side.town.pin(c.PinMatch.REAL, alert=side.noor.walk.alert))
    assert alert(both.forced).said_safe
    both.home()
    assert alert(both.forced).under_duress and alert(both.forced).pretended is None
    both.at(T + 1, T + 130)
