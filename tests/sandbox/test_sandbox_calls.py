"""Phones that ring in the box: each habit, what it hears, and what the carrier reports of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, urlencode

import msgspec
import pytest
from twilio.request_validator import RequestValidator

from tocsin.sandbox import Fault, Habit, Sandbox, Tempo

TEO, OURS = "+12025550112", "+12025550190"
BASE = "https://tocsin.example.org/hooks/twilio"
TWIML = (
    f'<Response><Gather numDigits="1" timeout="1" action="{BASE}/voice?key=1"><Say loop="2">Listen.</Say></Gather>'
    f"<Redirect>{BASE}/voice?heard=1</Redirect></Response>"
)
FORM = {"To": TEO, "From": OURS, "Twiml": TWIML, "StatusCallback": f"{BASE}/status"}
EVENTS = [("StatusCallbackEvent", event) for event in ("initiated", "ringing", "answered", "completed")]
AMD = {"MachineDetection": "Enable", "AsyncAmd": "true", "AsyncAmdStatusCallback": f"{BASE}/amd"}
FAST = Tempo(1, 1, 1, 0)


class StoppedClock:
    def now_ms(self) -> int:
        return 1_795_395_600_000


class FixedEntropy:
    def seed(self) -> bytes:
        return bytes(32)


class Product:
    """Answers a key with *thank you*; keeps what it was told, and whether each was signed as Twilio signs."""

    def __init__(self, token: str, status: int = 200) -> None:
        self.told: list[tuple[str, dict[str, str]]] = []
        self._validator, self._status = RequestValidator(token), status

    async def post(self, url: str, body: bytes, signature: str) -> tuple[int, bytes]:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        assert self._validator.validate(url, form, signature)
        self.told.append((url.removeprefix(BASE), form))
        if "key=" in url:
            return self._status, b"<Response><Say>Thank you.</Say><Hangup/></Response>"
        return self._status, b"<Response/>"

    async def close(self) -> None:
        return None

    @property
    def statuses(self) -> list[str]:
        return [form["CallStatus"] for path, form in self.told if path == "/status"]

    @property
    def found(self) -> list[str]:
        return [form["AnsweredBy"] for path, form in self.told if path == "/amd"]


def told(
    habit: Habit, *, fault: Fault | None = None, status: int = 200, tempo: Tempo = FAST
) -> tuple[Sandbox, Product]:
    product = Product("an-invented-token-of-the-sandbox", status)
    box = Sandbox(StoppedClock(), FixedEntropy(), product)
    box.calls.tempo, box.calls.habits[TEO] = tempo, habit

    async def run() -> None:
        if fault is not None:
            box.fault(TEO, fault)
        reply = await box.calls.take(urlencode([*FORM.items(), *AMD.items(), *EVENTS]).encode())
        assert reply is not None and reply[0] == 201
        await box.settled()

    asyncio.run(run())
    return box, product


def test_a_person_hears_it_once_presses_a_key_and_hears_what_was_taken() -> None:
    box, product = told(Habit("human", ("1",)))
    (call,) = box.calls.made_to(TEO)
    assert call.heard == ["Listen.", "Thank you."] and call.over
    (key,) = [form for path, form in product.told if path == "/voice?key=1"]
    assert (key["Digits"], key["From"], key["To"], key["Direction"]) == ("1", OURS, TEO, "outbound-api")
    assert product.statuses == ["initiated", "ringing", "in-progress", "completed"]
    assert product.found == ["human"] and set(call.answers) == {200}


def test_a_silent_listener_hears_it_twice_and_the_call_goes_on() -> None:
    box, product = told(Habit("silent"))
    assert box.calls.made[0].heard == ["Listen."] * 2
    assert [path for path, _ in product.told if path.startswith("/voice")] == ["/voice?heard=1"]


@pytest.mark.parametrize(("machine", "found"), [("voicemail", "machine_start"), ("fax", "fax")])
def test_a_machine_listens_and_is_found_out(machine: str, found: str) -> None:
    box, product = told(msgspec.convert({"picks_up": machine}, Habit))
    assert box.calls.made[0].heard == ["Listen."] * 2 and product.found == [found]


def test_a_machine_may_go_unnoticed() -> None:
    assert told(Habit("voicemail", unnoticed=True))[1].found == ["human"]


@pytest.mark.parametrize(
    ("habit", "status"),
    [("busy", "busy"), ("no_answer", "no-answer"), ("fails", "failed"), ("hangs_up_on_us", "canceled")],
)
def test_a_call_that_nobody_takes_hears_nothing_and_says_why(habit: str, status: str) -> None:
    box, product = told(msgspec.convert({"picks_up": habit}, Habit))
    assert product.statuses == ["initiated", "ringing", status] and box.calls.made[0].heard == []
    assert not product.found


def test_a_line_that_breaks_ends_the_call_where_it_was() -> None:
    box, product = told(Habit("silent", cut_off_ms=5), tempo=Tempo(0, 80, 0, 0))
    assert box.calls.made[0].heard == ["Listen."] and product.statuses[-1] == "completed"
    assert not [path for path, _ in product.told if path.startswith("/voice")]


def test_callbacks_come_again_and_late_where_the_weather_says_so() -> None:
    _, product = told(Habit("busy"), fault=Fault(repeats=3, late_ms=1))
    assert product.statuses.count("busy") == 3


def test_a_lost_call_never_rings() -> None:
    box, product = told(Habit("human", ("1",)), fault=Fault(lost=True))
    assert product.told == [] and box.calls.made[0].heard == []


def test_where_the_product_does_not_answer_the_call_ends() -> None:
    box, product = told(Habit("human", ("1",)), status=503)
    assert box.calls.made[0].heard == ["Listen."] and product.statuses[-1] == "completed"


BAD = [
    ({"To": ""}, 400, 21201),
    ({"To": "Teo"}, 400, 21211),
    ({"From": ""}, 400, 21213),
    ({"Twiml": ""}, 400, 21205),
    ({"Twiml": "x" * 4_001}, 400, 21205),
]


@pytest.mark.parametrize(("fields", "status", "code"), BAD)
def test_a_request_that_cannot_be_called_is_declined(fields: dict[str, str], status: int, code: int) -> None:
    box = Sandbox(StoppedClock(), FixedEntropy(), Product("x"))
    reply = asyncio.run(box.calls.take(urlencode(FORM | fields).encode()))
    assert reply is not None and reply[0] == status and msgspec.json.decode(reply[1])["code"] == code
    assert box.calls.made == []


def test_a_phone_calls_in_and_presses_its_keys() -> None:
    product = Product("an-invented-token-of-the-sandbox")
    box = Sandbox(StoppedClock(), FixedEntropy(), product)
    box.calls.tempo, box.calls.voice_url = FAST, f"{BASE}/voice?key=0"
    call = asyncio.run(box.calls.dial(TEO, OURS))
    assert call.heard == ["Thank you."] and call.inbound and call.over
    (_, form) = product.told[0]
    assert (form["From"], form["To"], form["Direction"]) == (TEO, OURS, "inbound")


def test_a_word_that_the_carrier_does_not_know_is_a_fault_of_ours() -> None:
    box = Sandbox(StoppedClock(), FixedEntropy(), Product("x"))
    with pytest.raises(AssertionError, match="knows no Dance"):
        asyncio.run(_document(box))


async def _document(box: Sandbox) -> None:
    await box.calls.take(urlencode(FORM).encode())
    talk: Callable[..., Awaitable[None]] = box.calls._talk
    await talk(box.calls.made[0], b"<Response><Dance/></Response>", [])
