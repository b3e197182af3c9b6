"""Problem documents (RFC 9457): what was wrong, whose fault it is, what to do.  Never anything of what was sent."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from tocsin.core.commands import Declined, Problem, Reply
from tocsin.core.limits import WALK_EXTEND_MAX_MIN, WALK_MAX_MIN, WALK_MIN_MIN

PROBLEM_JSON = "application/problem+json"


class Sort(Struct, frozen=True):
    """One sort of problem.  `fault`: caller (send something else), people (agree first) or server (try again)."""

    status: int
    title: str
    fault: str
    remedy: str


class ProblemDocument(Struct, frozen=True):
    type: str
    title: str
    status: int
    detail: str
    code: str
    fault: str
    remedy: str


SORTS: Mapping[str, Sort] = {
    "no_credential": Sort(
        401, "This token was never issued.", "caller", "Enrol this device again; in danger, call by phone."
    ),
    "not_ours": Sort(
        403, "This request did not come from a page of this site.", "caller", "Open the page here and send it again."
    ),
    "raise_only": Sort(403, "This credential may only call for help.", "caller", "Ask your administrator."),
    "no_such_alert": Sort(404, "There is no such alert.", "caller", "Read the list of alerts again."),
    "not_rung": Sort(403, "This alert did not ring you.", "people", "Leave it to those it rang, or ask one of them."),
    "alert_closed": Sort(409, "This alert is closed.", "people", "Press SOS again if somebody still needs help."),
    "no_proposal": Sort(409, "Nobody proposes to close this alert now.", "people", "Read the alert again."),
    "already_proposed": Sort(409, "Somebody proposed it before.", "people", "Confirm it or object to it."),
    "same_person": Sort(409, "Two different people close an alert.", "people", "Ask somebody else to confirm."),
    "same_device": Sort(409, "Two different devices close an alert.", "people", "Confirm it on another device."),
    "needs_a_closer": Sort(
        409, "One of the two must be a supervisor or coordinator.", "people", "Ask a supervisor or coordinator."
    ),
    "too_new": Sort(
        409, "Your way in began while this alert was open.", "people", "Leave it to others who were here before it."
    ),
    "run_by_another": Sort(409, "Somebody else runs this alert.", "people", "Ask them to hand it to you."),
    "cannot_take_it": Sort(
        409, "They cannot run this alert.", "people", "Hand it to another supervisor or coordinator who works here."
    ),
    "under_a_tie": Sort(403, "You may take no part in this.", "people", "Leave it to others."),
    "wrong_pin": Sort(403, "That is not the PIN.", "caller", "Try again."),
    "pin_needed": Sort(403, "This needs your PIN.", "caller", "Send it again with your PIN; the timer runs meanwhile."),
    "no_such_walk": Sort(404, "There is no such walk.", "caller", "Read the list of walks again."),
    "walk_over": Sort(409, "This walk is over.", "people", "Start another one, or press SOS if help is needed."),
    "walk_open_already": Sort(
        409, "They are on a walk already.", "people", "Extend that one, or end it before another begins."
    ),
    "bad_walk_time": Sort(
        400,
        f"A walk lasts {WALK_MIN_MIN} to {WALK_MAX_MIN} minutes.",
        "caller",
        "Send whole minutes between these; it can be extended on the way.",
    ),
    "extended_enough": Sort(
        409,
        f"A walk is extended by {WALK_EXTEND_MAX_MIN} minutes at the most.",
        "people",
        "Ask for fewer minutes, or say home and start another walk.",
    ),
    "bad_buddy": Sort(409, "They cannot be the buddy of this walk.", "people", "Choose another colleague, or none."),
    "bad_bay": Sort(
        409, "The site has no such place.", "caller", "Read the site's plan for its places, or say the way in words."
    ),
    "real_alert_open": Sort(
        409, "A real alert is open, and a drill would take people from it.", "people", "Wait until it is closed."
    ),
    "conflict": Sort(409, "Something else changed first.", "caller", "Read it again, then decide."),
    "not_json": Sort(400, "The body is not readable as JSON.", "caller", "Send UTF-8 JSON."),
    "bad_field": Sort(400, "A field has a value that cannot be used.", "caller", "See the detail and openapi.json."),
    "bad_query": Sort(400, "A parameter has a value that cannot be used.", "caller", "See openapi.json."),
    "bad_request": Sort(400, "The request cannot be read.", "caller", "See openapi.json."),
    "not_found": Sort(404, "There is nothing here.", "caller", "See openapi.json for what there is."),
    "wrong_method": Sort(405, "This cannot be done here in this way.", "caller", "See openapi.json."),
    "too_large": Sort(413, "The body is too large.", "caller", "Send 64 kB at the most."),
    "bad_signature": Sort(
        403, "The signature is not the carrier's.", "caller", "Check server.public_url and the vendor's auth token."
    ),
    "bad_receipt": Sort(
        403, "That is no receipt of a push of ours.", "caller", "Send the `id` and the `receipt` that lay in the push."
    ),
    "push_host": Sort(
        400, "This push service is not on the list.", "server", "Ask the operator to add its host to push.hosts."
    ),
    "not_signed": Sort(503, "The call is not signed.", "caller", "Call again, signed with the account's secret."),
    "no_such_delivery": Sort(404, "There is no such message.", "caller", "Nothing: it is not ours."),
    "not_served": Sort(404, "This part is not set up.", "server", "Set up the vendor it is for and restart."),
    "not_stored": Sort(
        503, "Not sent: the server could not store this.", "server", "Call by phone, and try again in a moment."
    ),
    "not_allowed": Sort(403, "This is not for you to do.", "caller", "Ask somebody whose role it is."),
    "not_fresh": Sort(403, "This needs you to prove again who you are.", "caller", "Prove it, and send it again."),
    "no_such_record": Sort(404, "There is nothing under this id.", "caller", "Look at the list again."),
    "link_worn_out": Sort(410, "This link has been used or is too old.", "caller", "Ask for a new one."),
    "opened_elsewhere": Sort(
        409, "This link was opened on another device.", "people", "Send the number of your answer by SMS for a new one."
    ),
    "asked_it": Sort(
        409, "Whoever asked for a change cannot agree to it.", "people", "Ask a supervisor or coordinator to."
    ),
    "nobody_administers": Sort(
        409, "Nobody would be left who administers.", "people", "Make somebody else an administrator first."
    ),
    "stale": Sort(409, "Somebody changed this meanwhile.", "caller", "Look at it as it is now, and change it again."),
    "too_many": Sort(
        429, "Too many requests.", "caller", "Wait as long as Retry-After says; a call for help never waits."
    ),
    "session_over": Sort(401, "You are not signed in any more.", "caller", "Sign in again."),
    "stopping": Sort(503, "The server is stopping.", "server", "Connect again in a moment."),
    "fault": Sort(500, "The server made a mistake.", "server", "Try again; in danger, call by phone."),
}
ASKED_BY_PAGES = (
    Problem.PASSKEY_UNKNOWN,
    Problem.PASSKEY_KNOWN,
    Problem.PASSKEY_COPIED,
    Problem.PASSKEY_REFUSED,
    Problem.PASSKEYS_FULL,
    Problem.PASSKEYS_OFF,
    Problem.LAST_WAY_IN,
    Problem.CHALLENGE_WORN_OUT,
    Problem.WRONG_CODE,
    Problem.SIGN_IN_BUSY,
    Problem.PROVIDER_OFF,
    Problem.PROVIDER_DOWN,
    Problem.PROVIDER_REFUSED,
    Problem.PROVIDER_UNKNOWN_MEMBER,
)  # Nobody signs in or keeps passkeys by the API: the pages have the sentences for these, and no route leads to one.
_OF_DECLINED: Mapping[Problem, str] = {
    **dict.fromkeys(ASKED_BY_PAGES, "conflict"),
    Problem.NOT_YOURS: "no_such_alert",
    Problem.NO_SUCH_MEMBER: "conflict",
    Problem.BAD_DIRECTORY: "conflict",
    Problem.NO_SUCH_ROUND: "conflict",
}
_OF_STATUS: Mapping[int, str] = {404: "not_found", 405: "wrong_method", 413: "too_large"}


class Trouble(Exception):
    """The request is answered with this problem, and nothing was changed."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def trouble_of(declined: Declined) -> Trouble:
    """The core's *no*, as the outside hears it: not yours and not there are the same.

    Why, where a code says it; what would be wrong with the organisation is nothing that a request here could leave.
    """
    detail = declined.detail if declined.because is not None else ""
    return Trouble(_OF_DECLINED.get(declined.problem, declined.problem.value), detail)


def accepted(reply: Reply) -> Reply:
    """The core's *yes*.  Raises Trouble where it said no."""
    if isinstance(reply, Declined):
        raise trouble_of(reply)
    return reply


def code_of_status(status: int) -> str:
    return _OF_STATUS.get(status, "fault" if status >= 500 else "bad_request")


def document(code: str, detail: str = "") -> tuple[int, bytes]:
    """HTTP status and body."""
    sort = SORTS[code]
    told = ProblemDocument(
        f"urn:tocsin:problem:{code}", sort.title, sort.status, detail or sort.title, code, sort.fault, sort.remedy
    )
    return sort.status, msgspec.json.encode(told)
