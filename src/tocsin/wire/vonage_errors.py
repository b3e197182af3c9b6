"""Vonage's error codes as reasons and as what is to be done about them: one table.

The words are those of the core's `Reason`, as plain text, and a test holds the two together.  The same codes come with
the reply to a send (where the HTTP status is the better witness) and with a status callback.  A code that is not here
is *vendor_refused*: named, shown, and tried elsewhere.
https://developer.vonage.com/en/api-errors/messages and https://developer.vonage.com/en/api-errors
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Fault(Struct, frozen=True):
    """Why a message was not taken or not delivered.  `reason`: a word of the core.  `action`: a sentence for people."""

    code: str | None
    reason: str
    action: str


_ACTIONS: Mapping[str, str] = {
    "opted_out": "Not by SMS until this number sends START; use another channel.",
    "number_dead": "Ask this member for a number that receives SMS; use another channel.",
    "phone_off": "The phone is off or out of reach; the alert rings again while it is open.",
    "filtered": "The carrier took it for spam; use another vendor, and ask this one why.",
    "sender_unregistered": "Register this sender with the vendor; use another vendor meanwhile.",
    "sender_suspended": "Page the operator: the key, the credit or the sender of this vendor does not serve.",
    "destination_blocked": "Blocked on the way to this number; use another vendor.",
    "rate_limited": "Sent too fast for this account; use another vendor.",
    "vendor_down": "The vendor is out of order; use another vendor.",
    "expired": "It waited longer than it was valid; use another channel.",
    "vendor_refused": "The vendor refused it; use another vendor, and look the code up.",
}

_TABLE: Mapping[str, str] = {
    # The user has sent STOP.
    "opted_out": "1240",
    # Missing or invalid number; no longer in use; not one of this channel.
    "number_dead": "1170 1190 1430",
    # Switched off, out of reach, busy.
    "phone_off": "1180 1220",
    # Anti-spam, age, the provider's own block.
    "filtered": "1210 1270 1282",
    # Sender not allowed in that country; entity, header, content, consent, regulation.
    "sender_unregistered": "1120 1480 1481 1482 1483 1484",
    # Account barred, out of credit, not enabled; a From that is not ours; wrong key.
    "sender_suspended": "1060 1070 1080 1140 1420 low-balance unauthorized unathorized forbidden unprovisioned "
    "account-suspended invalid-api-key invalid-signature jwt-expired jwt-revoked",
    # Unknown prefix, barred, not approved, ported, no route, blocked by the carrier, prepaid, fraud guard.
    "destination_blocked": "1040 1050 1160 1200 1250 1251 1260 1280 1290 1470 1473",
    # Throttled, too many, daily limits, burst protection.
    "rate_limited": "1000 1241 1460 1461 1472 throttled rate-limit",
    "vendor_down": "1030 1100 1230 1331 internal-error",
    "expired": "1360",
    # Our own mistake in the request; unknown to them too.
    "vendor_refused": "1010 1020 1021 1022 1090 1130 1150 1300 1310 1320 1330 1400 1410 1440 1450 1451 "
    "invalid-params invalid-json not-found",
}

FAULTS: Mapping[str, Fault] = {
    code: Fault(code, reason, _ACTIONS[reason]) for reason, codes in _TABLE.items() for code in codes.split()
}
_OF_STATUS: Mapping[int, str] = {
    401: "sender_suspended",
    402: "sender_suspended",
    403: "sender_suspended",
    429: "rate_limited",
}


def fault_of_reply(code: str | None, status: int) -> Fault:
    """Of a request that was declined: the HTTP status where it says enough, else the code."""
    reason = _OF_STATUS.get(status) or ("vendor_down" if status >= 500 else None)
    return Fault(code, reason, _ACTIONS[reason]) if reason else fault_of(code, "vendor_refused")


def fault_of(code: str | None, otherwise: str) -> Fault:
    """What a code means; `otherwise`: the reason where there is none or nobody knows it."""
    known = FAULTS.get(code or "")
    return known or Fault(code, otherwise, _ACTIONS[otherwise])
