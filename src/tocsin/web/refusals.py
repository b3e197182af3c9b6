"""What a page says when it cannot do what was asked: what happened, whose fault it is, what to do."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tocsin.core.because import SENTENCES as BECAUSE
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Problem
from tocsin.core.findings import Finding
from tocsin.web.finding_words import finding
from tocsin.web.speaking import Say, words


class Sort(Struct, frozen=True):
    """One sort of refusal, in English; pages say it in their reader's language."""

    status: int
    heading: str
    fault: str
    remedy: str


YOURS = words("The request did not fit.")
PEOPLE = words("Nothing is broken: people have to agree first.")
OURS = words("The fault is ours.")

SORTS: Mapping[str, Sort] = {
    "not_found": Sort(
        404, words("There is no such page."), YOURS, words("Check the address, or begin at the first page.")
    ),
    "not_allowed": Sort(
        403,
        words("This is not for you to do."),
        words("Your role does not include it."),
        words("Ask somebody whose role it is, or your administrator."),
    ),
    "not_ours": Sort(
        403,
        words("Nothing was changed."),
        words("The request did not come from a page of this site."),
        words("Open the page here, in this browser, and send it again."),
    ),
    "old_form": Sort(
        403,
        words("Nothing was changed."),
        words("This form belongs to a session that has ended."),
        words("Open the page again and send it from there."),
    ),
    "signed_out": Sort(
        403,
        words("Nothing was changed: you are not signed in."),
        words("Your session has ended, by time or because somebody ended it."),
        words("Sign in and do it again."),
    ),
    "not_fresh": Sort(
        403,
        words("Prove again who you are."),
        words("What you are about to do needs a fresh proof."),
        words("Use your passkey; what you typed is kept."),
    ),
    "no_such_record": Sort(
        404,
        words("There is nothing here any more."),
        YOURS,
        words("Go back to the list; somebody may have removed it."),
    ),
    "conflict": Sort(
        409,
        words("Nothing was changed."),
        words("Something else changed first."),
        words("Open the page again, look, and decide anew."),
    ),
    "declined": Sort(
        409,
        words("Nothing was changed."),
        words("It cannot be done as it was asked."),
        words("Open the page again, look, and decide anew."),
    ),
    "bad_directory": Sort(
        409,
        words("Nothing was changed."),
        words("It would leave an organisation that does not work."),
        words("Change what you asked for and send it again."),
    ),
    "asked_it": Sort(
        409,
        words("Nothing was changed."),
        words("Whoever asked for a change cannot agree to it."),
        words("Ask a supervisor or coordinator to."),
    ),
    "nobody_administers": Sort(
        409,
        words("Nothing was changed."),
        words("Nobody would be left who administers."),
        words("Make somebody else an administrator first."),
    ),
    "real_alert_open": Sort(
        409,
        words("Nothing was begun."),
        words("A real alert is open, and a drill would take people from it."),
        words("Wait until it is closed."),
    ),
    "worn_out": Sort(
        410,
        words("This link no longer works."),
        words("It has been used, is too old, or somebody ended it."),
        words("Ask for a new one."),
    ),
    "session_over": Sort(
        403,
        words("Nothing was changed: you are not signed in."),
        words("Your session has ended, by time or because somebody ended it."),
        words("Sign in and do it again."),
    ),
    "raise_only": Sort(
        403,
        words("This lets nobody in."),
        words("The person it belongs to is suspended or has left."),
        words("Ask your administrator. A call for help from your phone still works."),
    ),
    "passkey_unknown": Sort(
        403,
        words("This passkey is not known here."),
        words("It was removed, or made for another account."),
        words("Use another one, or a recovery code."),
    ),
    "passkey_known": Sort(
        409,
        words("This passkey has been added before."),
        words("Your device offered one that you have already."),
        words("Use it, or choose another device."),
    ),
    "passkey_copied": Sort(
        403,
        words("This passkey seems to have been copied."),
        words("It was ended, with all your sessions, and the supervisors were told."),
        words("Use another passkey or a recovery code, and add a new one."),
    ),
    "passkey_refused": Sort(
        403,
        words("The passkey was not accepted."),
        words("Its answer could not be verified."),
        words("Try again, at this site's own address."),
    ),
    "passkeys_full": Sort(
        409,
        words("You have as many passkeys as there may be."),
        words("Each passkey is a way in that somebody may find."),
        words("Remove one that you do not use, then add this one."),
    ),
    "passkeys_off": Sort(
        503,
        words("Passkeys cannot work at this address."),
        words("Browsers want https and a name; an address of numbers will not do."),
        words("Tell whoever runs Tocsin here."),
    ),
    "last_way_in": Sort(
        409,
        words("This is your only way in."),
        words("It is your only passkey, and you have no recovery code left."),
        words("Add another passkey or make new recovery codes first."),
    ),
    "challenge_worn_out": Sort(
        410,
        words("That took too long."),
        words("The question that your passkey answered is not open any more."),
        words("Begin again."),
    ),
    "wrong_code": Sort(
        403,
        words("That code is not right."),
        words("It is misspelt, used, or too many wrong ones were tried."),
        words("Take another one from your card, or wait an hour."),
    ),
    "sign_in_busy": Sort(503, words("Too many are signing in at once."), OURS, words("Try again in a moment.")),
    "report_not_made": Sort(
        503, words("The report could not be made."), OURS, words("Try again in a moment. The page itself has it all.")
    ),
    "provider_off": Sort(
        404,
        words("Your organisation's sign-in is not set up."),
        words("Whoever runs Tocsin here can set it up."),
        words("Sign in with your passkey."),
    ),
    "provider_down": Sort(
        503,
        words("Your organisation's sign-in does not answer."),
        words("It is not part of Tocsin, and cannot be reached now."),
        words("Sign in with your passkey, or try again."),
    ),
    "provider_refused": Sort(
        403,
        words("Your organisation's sign-in gave no answer that can be believed."),
        words("It is not part of Tocsin, and its answer could not be verified."),
        words("Begin again."),
    ),
    "provider_unknown_member": Sort(
        403,
        words("Your organisation's sign-in names nobody who works here."),
        words("The account that it vouches for belongs to no member."),
        words("Ask your administrator."),
    ),
    "needs_script": Sort(
        409,
        words("This device needs scripts."),
        words("The link is for a phone or a screen, whose page works with scripts alone. It is not used up."),
        words("Allow scripts for this site and open the link again."),
    ),
    "too_large": Sort(413, words("That is too much."), YOURS, words("Write less and send it again.")),
    "too_many": Sort(
        429,
        words("Too many tries."),
        words("Too many wrong ones came from here or for this account."),
        words("Wait a few minutes, then try again."),
    ),
    "flood": Sort(
        429,
        words("Too many requests."),
        words("More came from here than the pages here ever ask for."),
        words("Wait a few seconds, then load this page again. A call for help is never held up."),
    ),
    "bad_request": Sort(
        400, words("This could not be read."), YOURS, words("Open the page again and send it from there.")
    ),
    "wrong_method": Sort(
        405, words("This cannot be done in this way."), YOURS, words("Open the page and use its buttons.")
    ),
    "help_of_nobody": Sort(
        403,
        words("Not sent. Nobody has been rung."),
        words("Nobody is signed in here, so we do not know who needs help."),
        words("Call for help by telephone or text, or press SOS on your phone."),
    ),
    "help_not_stored": Sort(
        503,
        words("Not sent. Nobody has been rung."),
        OURS,
        words("Call for help by telephone or text, or press SOS on your phone."),
    ),
    "not_stored": Sort(
        503,
        words("Nothing was changed: it could not be stored."),
        OURS,
        words("Try again in a moment, and tell whoever runs Tocsin here."),
    ),
    "fault": Sort(500, words("Tocsin made a mistake."), OURS, words("Try again, and tell whoever runs Tocsin here.")),
}
ASKED_BY_SCRIPTS = (
    Problem.NOT_RUNG,
    Problem.ALERT_CLOSED,
    Problem.NO_PROPOSAL,
    Problem.ALREADY_PROPOSED,
    Problem.SAME_PERSON,
    Problem.SAME_DEVICE,
    Problem.NEEDS_A_CLOSER,
    Problem.TOO_NEW,
    Problem.RUN_BY_ANOTHER,
    Problem.CANNOT_TAKE_IT,
    Problem.WRONG_PIN,
    Problem.OPENED_ELSEWHERE,
    Problem.PIN_NEEDED,
    Problem.NO_SUCH_WALK,
    Problem.WALK_OVER,
    Problem.WALK_OPEN_ALREADY,
    Problem.BAD_WALK_TIME,
    Problem.EXTENDED_ENOUGH,
    Problem.BAD_BUDDY,
    Problem.BAD_BAY,
)  # Nobody acts on an alert or a walk by a form: the scripts have the sentences for these, and no page leads to one.
_OF_PROBLEM: Mapping[Problem, str] = {
    **dict.fromkeys(ASKED_BY_SCRIPTS, "declined"),
    Problem.NO_SUCH_MEMBER: "no_such_record",
    Problem.NO_SUCH_ALERT: "no_such_record",
    Problem.NO_SUCH_DELIVERY: "no_such_record",
    Problem.NO_SUCH_ROUND: "no_such_record",
    Problem.NOT_YOURS: "no_such_record",
    Problem.UNDER_A_TIE: "no_such_record",
    Problem.LINK_WORN_OUT: "worn_out",
    Problem.STALE: "conflict",
}
_OF_STATUS: Mapping[int, str] = {404: "not_found", 405: "wrong_method", 413: "too_large", 429: "too_many"}


class PageRefusal(Exception):
    """The page says no, and nothing was changed.

    `because`: the core's own reason, which says more than the sort does; `findings`: what is wrong with the
    organisation that it would have left.
    """

    def __init__(self, code: str, because: Because | None = None, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(code)
        self.code, self.because, self.findings = code, because, findings

    @property
    def sort(self) -> Sort:
        return SORTS[self.code]


def refusal_of(declined: Declined) -> PageRefusal:
    """The core's *no* as a page says it."""
    return PageRefusal(code_of(declined.problem), declined.because, declined.findings)


def code_of(problem: Problem) -> str:
    """One of SORTS, for every problem that there is."""
    return _OF_PROBLEM.get(problem, problem.value)


def told(refusal: PageRefusal, say: Say) -> tuple[str, list[str]]:
    """The heading, and one sentence after another: what the core says of it goes before what the sort would guess."""
    sort, declined = refusal.sort, SORTS["declined"]
    if refusal.because is not None:
        return say(declined.heading), [say(BECAUSE[refusal.because])]
    found = list(dict.fromkeys(finding(say, one) for one in refusal.findings))
    return say(sort.heading), [say(sort.fault), *found, say(sort.remedy)]


def code_of_status(status: int) -> str:
    return _OF_STATUS.get(status, "fault" if status >= 500 else "bad_request")
