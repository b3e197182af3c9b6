"""What becomes of one mail: handed over and no more, refused for a reason, or nobody knows; and what it says."""

from __future__ import annotations

import asyncio
import socket
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_room import PASSWORD, USER, Mailbox, serving
from receiver import Line, StoppedClock, speaking

from authority import server_tls, trusting_tls
from tocsin.channels import email_smtp
from tocsin.channels.email_smtp import SmtpMail, message_id
from tocsin.core.mailing import announcement_letter
from tocsin.core.words import Purpose, Reason
from tocsin.ports import Accepted, Message, Refused, Unknown
from tocsin.wire.smtp import MailServer, Tls

TOCSIN = Address("Tocsin", addr_spec="tocsin@example.org")
TEO = "teo@example.org"
TEXT = "SOS\n\nSOS: Noor Haddad.\nLot B (planned), ñandú.\n\n#bcd"
RING = Message("alert-1/delivery-1", TEO, TEXT, 240)
ID = "<alert-1.delivery-1@example.org>"


def channel(port: int, tls: Tls = Tls.IF_OFFERED, *, password: str = "", trusted: bool = True) -> SmtpMail:
    server = MailServer("localhost", port, tls, USER if password else "", password)
    return SmtpMail(server, TOCSIN, StoppedClock(), trusting_tls() if trusted else ssl.create_default_context())


def told(
    box: Mailbox,
    *messages: Message,
    tls: Tls = Tls.IF_OFFERED,
    server: ssl.SSLContext | None = None,
    password: str = "",
    trusted: bool = True,
) -> list[object]:
    """What comes of these messages, one after the other, at a server like this."""

    async def run() -> list[object]:
        at_once = tls is Tls.FROM_THE_START
        async with serving(box, server, from_the_start=at_once, sign_in=bool(password)) as port:
            mail = channel(port, tls, password=password, trusted=trusted)
            return [await mail.send(message) for message in messages or (RING,)]

    return asyncio.run(run())


def met(line: Line, message: Message = RING) -> object:
    """What comes of a message at a server that speaks this line."""

    async def run() -> object:
        async with speaking(line) as port:
            return await channel(port).send(message)

    return asyncio.run(run())


def test_an_announcement_is_a_neutral_mail_in_the_reader_s_language_and_nothing_urgent() -> None:
    box, address = Mailbox(), "https://tocsin.example.org"
    for language, words in (
        ("en", "There is something to look at in Tocsin."),
        ("es", "Hay algo que mirar en Tocsin."),
    ):
        text = announcement_letter(address, language, f"delivery-{language}")
        letter = Message(f"announcement-1/delivery-{language}", TEO, text, 540, language, purpose=Purpose.ANNOUNCEMENT)
        assert isinstance(told(box, letter)[0], Accepted)
        mail = box.mails[-1]
        said, where, reference = mail.get_content().splitlines()
        assert (mail["Subject"], said, where) == ("Tocsin", words, address) and reference.startswith("#")
        assert mail["Importance"] is None and mail["X-Priority"] is None


# What it says ----------------------------------------------------------------------------------------------------


def test_a_mail_names_nobody_where_a_preview_shows_it() -> None:
    box = Mailbox()
    assert told(box) == [Accepted(ID)]
    (mail,) = box.mails
    assert box.envelopes == [("tocsin@example.org", [TEO])]
    assert mail["Subject"] == "SOS"
    assert mail["From"] == "Tocsin <tocsin@example.org>" and mail["To"] == TEO
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Mon, 23 Nov 2026 01:00:00 -0000"
    assert (mail.get_content_type(), mail.get_content_charset()) == ("text/plain", "utf-8")
    assert mail.get_content().splitlines() == TEXT.partition("\n\n")[2].splitlines()
    assert mail["Importance"] == "high"


def test_a_repeat_has_the_same_id_and_one_alert_is_one_thread() -> None:
    box = Mailbox()
    told(box, RING, RING, Message("alert-1/delivery-2", TEO, TEXT, 240))
    assert [mail["Message-ID"] for mail in box.mails] == [ID, ID, "<alert-1.delivery-2@example.org>"]
    assert {mail["References"] for mail in box.mails} == {"<alert-1@example.org>"}


def test_what_is_no_call_and_what_is_a_drill_are_not_marked_as_urgent() -> None:
    box = Mailbox()
    news = Message("alert-1/delivery-1", TEO, "no heading here", 240, purpose=Purpose.CLOSING)
    told(box, news, Message("alert-1/delivery-2", TEO, TEXT, 240, drill=True))
    assert [mail["Importance"] for mail in box.mails] == [None, None]
    assert box.mails[0]["Subject"] == "Tocsin"
    assert box.mails[0].get_content().strip() == "no heading here"


SIGNS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@settings(max_examples=60)
@given(heading=SIGNS, letter=SIGNS)
def test_no_text_makes_a_header_or_another_mail(heading: str, letter: str) -> None:
    async def run() -> EmailMessage:
        mail: EmailMessage = channel(1)._mail(
            Message("a/d", TEO, f"{heading}\n\n{letter}\r\n.\r\nMAIL FROM:<x@y.zz>", 1)
        )
        return mail

    wire = asyncio.run(run()).as_bytes(policy=SMTP)
    head, _, body = wire.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert names == [
        *(b"From", b"To", b"Subject", b"Date", b"Message-ID", b"References", b"Auto-Submitted"),
        *(b"X-Auto-Response-Suppress", b"Importance", b"X-Priority"),
        *(b"Content-Type", b"Content-Transfer-Encoding", b"MIME-Version"),
    ]
    assert all(len(line) <= 998 for line in body.split(b"\r\n"))


BAD_ADDRESSES = [
    "",
    "teo",
    "teo@example.org\r\nBcc: all@example.org",
    "teo@example.org,all@example.org",
    "<teo@example.org>",
    "teo@example.org> SIZE=1",
    "teo@localhost",
    "téo@example.org",
    "a" * 65 + "@example.org",
    "a@" + "b." * 130 + "org",
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_what_is_no_address_goes_nowhere(address: str) -> None:
    box = Mailbox()
    (outcome,) = told(box, Message("a/d", address, TEXT, 1))
    assert isinstance(outcome, Refused) and outcome.reason is Reason.NO_CONTACT
    assert box.mails == []


# What becomes of it ----------------------------------------------------------------------------------------------

REPLIES = [
    ({"RCPT": "450 4.2.0 Greylisted, come back in five minutes"}, Refused(Reason.DEFERRED, "recipient: 450")),
    ({"RCPT": "421 4.3.2 closing"}, Refused(Reason.DEFERRED, "recipient: 421")),
    ({"RCPT": "550 5.1.1 User unknown"}, Refused(Reason.ADDRESS_DEAD, "recipient: 550")),
    ({"RCPT": "550 no such user here"}, Refused(Reason.ADDRESS_DEAD, "recipient: 550")),
    ({"RCPT": "550 5.7.1 blocked by policy"}, Refused(Reason.VENDOR_REFUSED, "recipient: 550")),
    ({"RCPT": "554 5.7.1 Relay access denied"}, Refused(Reason.VENDOR_REFUSED, "recipient: 554")),
    ({"RCPT": "550 relaying denied"}, Refused(Reason.VENDOR_REFUSED, "recipient: 550")),
    ({"RCPT": "552 5.2.2 mailbox full"}, Refused(Reason.VENDOR_REFUSED, "recipient: 552")),
    ({"MAIL": "550 5.1.8 bad sender"}, Refused(Reason.VENDOR_REFUSED, "sender: 550")),
    ({"MAIL": "451 try later"}, Refused(Reason.DEFERRED, "sender: 451")),
    ({"DATA": "552 5.3.4 too big"}, Refused(Reason.VENDOR_REFUSED, "letter: 552")),
    ({"DATA": "451 4.3.0 greylisted after all"}, Refused(Reason.DEFERRED, "letter: 451")),
]


@pytest.mark.parametrize(("says", "refused"), REPLIES)
def test_each_reply_has_its_outcome_and_none_quotes_the_address(says: dict[str, str], refused: Refused) -> None:
    box = Mailbox(says)
    assert told(box) == [refused]
    assert box.mails == []


def dropping_at(step: int) -> Line:
    """A server that is gone after so many lines of ours; the message counts as one."""

    async def line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if step == 0:
            return
        writer.write(b"220 mail.example.org\r\n")
        for _ in range(step - 1):
            asked = await reader.readline()
            writer.write({b"D": b"354 go on\r\n", b"E": b"250 mail.example.org\r\n"}.get(asked[:1], b"250 OK\r\n"))
        await (reader.readuntil(b"\r\n.\r\n") if step == 5 else reader.readline())

    return line


@pytest.mark.parametrize("step", range(4))
def test_a_server_that_is_gone_before_the_letter_has_not_taken_it(step: int) -> None:
    outcome = met(dropping_at(step))
    assert isinstance(outcome, Refused) and outcome.reason is Reason.VENDOR_DOWN


@pytest.mark.parametrize("step", [4, 5])
def test_a_server_that_is_gone_once_the_letter_was_begun_may_have_taken_it(step: int) -> None:
    assert isinstance(met(dropping_at(step)), Unknown)


def test_a_server_that_took_it_and_then_fell_silent_has_taken_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email_smtp, "SEND_DEADLINE_MS", 150)

    async def line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        for reply in (b"250 x\r\n", b"250 OK\r\n", b"250 OK\r\n", b"354 go\r\n"):
            await reader.readline()
            writer.write(reply)
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 taken\r\n")
        await reader.read()

    assert met(line) == Accepted(ID)


@pytest.mark.parametrize(("after", "kind"), [(0, Refused), (1, Refused), (4, Unknown)])
def test_a_server_that_drips_is_left_at_the_deadline(
    after: int, kind: type[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email_smtp, "SEND_DEADLINE_MS", 2_000 if after > 1 else 200)  # Time for all that comes before.
    replies = [b"220 x\r\n", b"250 x\r\n", b"250 OK\r\n", b"250 OK\r\n", b"354 go\r\n"]

    async def line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in replies[: after + 1 if after else 0]:
            writer.write(reply)
            await reader.readline()
        while not reader.at_eof():
            writer.write(b"2")
            await writer.drain()
            await reader.read(1)

    outcome = met(line)
    assert isinstance(outcome, kind)
    if isinstance(outcome, Refused):
        assert outcome.reason is Reason.VENDOR_DOWN


@pytest.mark.parametrize(
    "reply", [b"\r\n", b"\xff\xfe\x00\r\n", b"220\r\n" * 3, b"999 x\r\n", b"2" * 100_000, b"421 busy\r\n"]
)
def test_garbage_for_a_greeting_takes_nothing(reply: bytes) -> None:
    async def line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(reply)
        await writer.drain()

    outcome = met(line)
    assert isinstance(outcome, Refused)


def test_nobody_listening_is_known_as_down() -> None:
    async def run() -> object:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        return await channel(port).send(RING)

    outcome = asyncio.run(run())
    assert isinstance(outcome, Refused) and outcome.reason is Reason.VENDOR_DOWN


def test_a_crowd_of_mails_takes_turns_and_all_arrive() -> None:
    box = Mailbox()

    async def run() -> list[object]:
        async with serving(box) as port:
            mail = channel(port)
            crowd = (Message(f"alert-1/delivery-{n}", TEO, TEXT, 240) for n in range(40))
            return list(await asyncio.gather(*(mail.send(message) for message in crowd)))

    assert all(isinstance(outcome, Accepted) for outcome in asyncio.run(run()))
    assert len({mail["Message-ID"] for mail in box.mails}) == 40


# The password ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.FROM_THE_START])
def test_with_tls_the_password_opens_the_door(tls: Tls) -> None:
    box = Mailbox()
    assert told(box, tls=tls, server=server_tls(), password=PASSWORD) == [Accepted(ID)]
    assert box.shielded == [True]


def test_a_wrong_password_is_our_own_fault_and_says_so() -> None:
    outcomes = told(Mailbox(), tls=Tls.STARTTLS, server=server_tls(), password="wrong")
    assert outcomes == [Refused(Reason.SENDER_SUSPENDED, "signing_in: 535")]


def test_a_server_without_starttls_never_sees_the_password() -> None:
    box, said = Mailbox(), bytearray()

    async def line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        said.extend(await reader.readline())
        writer.write(b"250-mail.example.org\r\n250 AUTH PLAIN LOGIN\r\n")
        said.extend(await reader.read())

    async def run() -> object:
        async with speaking(line) as port:
            return await channel(port, Tls.STARTTLS, password=PASSWORD).send(RING)

    outcome = asyncio.run(run())
    assert isinstance(outcome, Refused) and outcome.reason is Reason.VENDOR_REFUSED and "STARTTLS" in outcome.detail
    assert b"AUTH" not in said and box.mails == []


def test_a_server_that_refuses_starttls_at_the_last_moment_gets_nothing() -> None:
    said = bytearray()

    async def line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        await reader.readline()
        writer.write(b"250-x\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n")
        await reader.readline()
        writer.write(b"454 TLS not available\r\n")
        said.extend(await reader.read())

    async def run() -> object:
        async with speaking(line) as port:
            return await channel(port, Tls.STARTTLS, password=PASSWORD).send(RING)

    assert asyncio.run(run()) == Refused(Reason.DEFERRED, "shielding: 454")
    assert b"AUTH" not in said


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.FROM_THE_START])
def test_a_certificate_that_nobody_vouches_for_ends_it_before_the_password(tls: Tls) -> None:
    box = Mailbox()
    (outcome,) = told(box, tls=tls, server=server_tls(), password=PASSWORD, trusted=False)
    assert isinstance(outcome, Refused) and outcome.reason is Reason.VENDOR_REFUSED and "certificate" in outcome.detail
    assert box.mails == []


def test_to_this_machine_any_certificate_will_do() -> None:
    box = Mailbox()
    assert told(box, server=server_tls(), password=PASSWORD, trusted=False) == [Accepted(ID)]
    assert box.shielded == [True]


def test_an_id_is_of_the_senders_domain() -> None:
    assert message_id("a/b", "example.org") == "<a.b@example.org>"
