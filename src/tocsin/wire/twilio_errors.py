"""Twilio's error codes as reasons and as what is to be done about them: one table.

The words are those of the core's `Reason`, as plain text: dialects know nothing of the core, and a test holds the two
together.  A code that is not here is *vendor_refused*: named, shown, and tried on the next channel.
https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Fault(Struct, frozen=True):
    """Why a message was not taken or not delivered.  `reason`: a word of the core.  `action`: a sentence for people."""

    code: int | None
    reason: str
    action: str


_OPTED_OUT = "Not by SMS until this number sends START; use another channel."
_DEAD = "Ask this member for a number that receives SMS; use another channel."
_OFF = "The phone is off or out of reach; try again while the message is valid, and another channel."
_FILTERED = "The carrier took it for spam; use another sender or channel, and ask the vendor why."
_UNREGISTERED = "Register this sender with the vendor; use another sender or channel."
_SUSPENDED = "Page the operator: this sender or account cannot send; use another vendor."
_BLOCKED = "Blocked on the way to this number for now; use another sender or channel."
_SLOWER = "Sent too fast for this sender; wait, then send again or use another sender."
_DOWN = "The vendor is out of order; use another vendor or channel, then try again."
_REFUSED = "The vendor refused it; use another channel, and look the code up."
_EXPIRED = "It waited longer than it was valid; use another channel."

_TABLE: Mapping[tuple[str, str], tuple[int, ...]] = {
    # The number has sent STOP to this sender.
    ("opted_out", _OPTED_OUT): (21610,),
    # No such number; not a mobile one; a landline; unknown to its network.
    ("number_dead", _DEAD): (21211, 21217, 21614, 21635, 30005, 30006),
    ("phone_off", _OFF): (30003,),
    ("filtered", _FILTERED): (30007, 30038),
    # No registration for: sender id in that country, toll-free number, 10DLC campaign.
    ("sender_unregistered", _UNREGISTERED): (30018, 30024, 30032, 30034, 30035),
    # Wrong credentials, no such account, account closed or suspended; a From that is not ours or cannot send.
    ("sender_suspended", _SUSPENDED): (10001, 20003, 20005, 20404, 21210, 21212, 21603, 21606, 21659, 21660, 30002),
    # Region not permitted (texts, calls), number not to be called, trial account, no route, blocked, fraud guard.
    ("destination_blocked", _BLOCKED): (13224, 21203, 21214, 21215, 21216, 21219, 21408, 21608, 21612, 30004, 30450),
    # Calls at once, requests, queue of the sender, carrier's throughput and daily caps.
    ("rate_limited", _SLOWER): (10004, 14107, 20429, 21611, 30001, 30022, 30023),
    ("vendor_down", _DOWN): (20500, 20503, 30017, 30410, 30500),
    ("expired", _EXPIRED): (30036,),
    # Our own mistake in the request: body, callback.
    ("vendor_refused", _REFUSED): (21602, 21604, 21605, 21609, 21617, 30008),
}

FAULTS: Mapping[int, Fault] = {
    code: Fault(code, reason, action) for (reason, action), codes in _TABLE.items() for code in codes
}


def fault_of(code: int | None, status: int | None) -> Fault:
    """What a code means; where there is none or nobody knows it, what the HTTP status says."""
    if code is not None and code in FAULTS:
        return FAULTS[code]
    reason, action = _of_status(status or 0)
    return Fault(code, reason, action)


def _of_status(status: int) -> tuple[str, str]:
    if status in (401, 403):
        return "sender_suspended", _SUSPENDED
    if status == 429:
        return "rate_limited", _SLOWER
    return ("vendor_down", _DOWN) if status >= 500 else ("vendor_refused", _REFUSED)
