"""Twilio's dialect of calls: the request that rings a phone, the words and questions of a call, and what it reports.

Theory of operation
-------------------
The words of the first reading travel with the request (`Twiml`), so that a call says what it must even where our hooks
cannot be reached; only its keys and its end need them.  Whether a machine picked up is found out beside the reading
(`AsyncAmd`), not before it: a person hears the call for help at once, and nobody hangs up on seconds of silence.

Pure translation, like `twilio.py`: nothing a carrier says can raise here.
https://www.twilio.com/docs/voice/api/call-resource  https://www.twilio.com/docs/voice/twiml
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import quote, urlencode

from msgspec import Struct

from tocsin.wire.twilio import Pairs, id_of, number_in
from tocsin.wire.twilio_errors import Fault, fault_of

VOICE_PATH = "/hooks/twilio/voice"
STATUS_PATH = "/hooks/twilio/status"
RING_S = 25  # A phone that has rung for so long is with nobody; its voicemail usually begins after this.
KEY_WAIT_S = 5  # For a key after the last word.
CHANGE_WAIT_S = 4  # For another key after *noted*.
TWIML_MAX_CHARS = 4_000  # Of the request's parameter; the carrier refuses more.
ESCAPED_MAX_CHARS = 6  # What one sign may become: a quotation mark.
READINGS = 2
EVENTS = ("initiated", "ringing", "answered", "completed")
VOICES: Mapping[str, tuple[str, str]] = {"en": ("en-US", "Polly.Joanna"), "es": ("es-US", "Polly.Lupe")}
RATE = "85%"  # Slower than the voice's own: it is heard once, by somebody who was asleep.

UNDER_WAY = frozenset({"queued", "initiated", "ringing", "in-progress", "answered"})
UNHEARD = frozenset({"busy", "no-answer", "canceled"})
MACHINES = ("machine", "fax")  # How the carrier's word for what answered begins.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CUT_OFF = Fault(None, "cut_off", "The call ended before it was heard; it is made again.")
_NO_ANSWER = Fault(None, "no_answer", "Nobody picked up; use another channel.")
_VOICEMAIL = Fault(None, "voicemail", "A machine picked up; use another channel.")


# Ringing a phone -------------------------------------------------------------------------------------------------


class CallAddresses(Struct, frozen=True):
    """Where the carrier reports of one call: all carry our delivery, and which send of it this is, signed with them."""

    public_url: str
    alert: str
    delivery: str
    send: int = 1

    @property
    def status(self) -> str:
        return self._at(STATUS_PATH, {})

    @property
    def heard(self) -> str:
        """Where a call goes on that was read out to its end without a key."""
        return self._at(VOICE_PATH, {"heard": "1"})

    def key(self, step: int) -> str:
        """Where a key is told, as the answer to question number `step` of the call."""
        return self._at(VOICE_PATH, {"step": str(step)})

    def _at(self, path: str, more: Mapping[str, str]) -> str:
        ours = {"delivery": self.delivery, "alert": self.alert, "send": str(self.send)}
        query = urlencode({**ours, **more}, quote_via=quote)
        return f"{self.public_url.rstrip('/')}{path}?{query}"


def menu_address(public_url: str, **turn: str) -> str:
    """Where a call that came in asks how it goes on; `turn` is all that is known of it."""
    return f"{public_url.rstrip('/')}{VOICE_PATH}?{urlencode(turn)}"


def calls_path(account_sid: str) -> str:
    """Where a call is created, below the carrier's base URL."""
    return f"/2010-04-01/Accounts/{quote(account_sid, safe='')}/Calls.json"


def call_path(account_sid: str, call_sid: str) -> str:
    """Where one call is changed, below the carrier's base URL."""
    call = quote(call_sid, safe="", errors="replace")
    return f"/2010-04-01/Accounts/{quote(account_sid, safe='')}/Calls/{call}.json"


CANCEL_FORM = (("Status", "canceled"),)  # Ends a call that waits or rings, and not one that somebody listens to.


def call_form(to: str, sender: str, twiml: str, status: str, lasts_max_s: int) -> tuple[tuple[str, str], ...]:
    """The form that rings `to`.  `lasts_max_s`: after so many seconds the carrier hangs up."""
    return (
        ("To", to),
        ("From", sender),
        ("Twiml", twiml),
        ("Timeout", str(RING_S)),
        ("TimeLimit", str(lasts_max_s)),
        ("MachineDetection", "Enable"),
        ("AsyncAmd", "true"),
        ("AsyncAmdStatusCallback", status),
        ("StatusCallback", status),
        *(("StatusCallbackEvent", event) for event in EVENTS),
    )


# What a call says ------------------------------------------------------------------------------------------------


def reading(text: str, language: str, addresses: CallAddresses, step: int | None) -> str:
    """`text` twice, then silence; each key in between is question `step`'s answer (None: there is nothing to answer).

    At most TWIML_MAX_CHARS: of a longer text, the beginning.
    """
    document = _reading(text, language, addresses, step)
    while len(document) > TWIML_MAX_CHARS:
        over = len(document) - TWIML_MAX_CHARS
        text = text[: len(text) - max(1, over // ESCAPED_MAX_CHARS)]
        document = _reading(text, language, addresses, step)
    return document


def _reading(text: str, language: str, addresses: CallAddresses, step: int | None) -> str:
    said = say(text, language, times=READINGS)
    asked = said if step is None else gather(addresses.key(step), said, wait_s=KEY_WAIT_S)
    return response(asked, redirect(addresses.heard))


def noted(text: str, language: str, addresses: CallAddresses, step: int) -> str:
    """What was taken, room for another key, and the end of the call."""
    return response(gather(addresses.key(step), say(text, language), wait_s=CHANGE_WAIT_S), HANG_UP)


def last_words(text: str, language: str) -> str:
    """Say this and hang up."""
    return response(say(text, language), HANG_UP)


def response(*verbs: str) -> str:
    """A whole answer to the carrier."""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{"".join(verbs)}</Response>'


def say(text: str, language: str, *, times: int = 1) -> str:
    """`text` in the voice of its language, slowly, `times` over with a pause behind each."""
    locale, voice = VOICES.get(language, VOICES["en"])
    loop = f' loop="{times}"' if times > 1 else ""
    spoken = f'<prosody rate="{RATE}">{_xml(text)}</prosody>'
    return f'<Say language="{locale}" voice="{voice}"{loop}>{spoken}<break time="1s"/></Say>'


def gather(action: str, said: str, *, wait_s: int, digits: int = 1) -> str:
    """Say it, and take keys meanwhile and `wait_s` after; the pound key ends them.  Without any the call goes on."""
    return (
        f'<Gather input="dtmf" numDigits="{digits}" timeout="{wait_s}" action="{_xml(action)}" method="POST">'
        f"{said}</Gather>"
    )


def redirect(url: str) -> str:
    return f'<Redirect method="POST">{_xml(url)}</Redirect>'


HANG_UP = "<Hangup/>"


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


# What a call reports ---------------------------------------------------------------------------------------------


class CallAsked(Struct, frozen=True):
    """A call wants to know how it goes on.  `call` names it for ever; `digits`: the keys pressed, None where none."""

    call: str
    caller: str
    digits: str | None
    machine: bool


class CallNews(Struct, frozen=True):
    """News of a call.  At most one holds: `unheard` (it will not be), `ended` (over; heard or not, others know).

    Neither: it is under way, or says a word that nobody knows.
    """

    call: str
    known: bool
    unheard: Fault | None = None
    ended: Fault | None = None


def is_call(params: Pairs) -> bool:
    """Does this status callback speak of a call (and not of a text)?"""
    return any(name == "CallSid" and value for name, value in params)


def read_asked(params: Pairs) -> CallAsked:
    """What a call asks, whatever is missing; without an id the whole request is the id."""
    fields = dict(reversed(params))
    digits = fields.get("Digits")
    call = fields.get("CallSid") or id_of(params)
    return CallAsked(call, fields.get("From", ""), digits or None, _machine(fields))


def read_call_status(params: Pairs) -> CallNews:
    """A status callback of a call, or what was found to have picked it up."""
    fields = dict(reversed(params))
    call, status = fields.get("CallSid", ""), fields.get("CallStatus", "").lower()
    if _machine(fields):
        return CallNews(call, known=True, unheard=_VOICEMAIL)
    if status in UNHEARD:
        return CallNews(call, known=True, unheard=_NO_ANSWER)
    if status == "failed":
        return CallNews(call, known=True, unheard=fault_of(number_in(fields.get("ErrorCode")), None))
    if status == "completed":
        return CallNews(call, known=True, ended=_CUT_OFF)
    return CallNews(call, known=status in UNDER_WAY)


def _machine(fields: Mapping[str, str]) -> bool:
    return fields.get("AnsweredBy", "").lower().startswith(MACHINES)
