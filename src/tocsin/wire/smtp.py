"""SMTP as settings write it and as servers answer: an address of a server, an address of a person, a code."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.headerregistry import Address
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from msgspec import Struct

# What can stand in an envelope and in a header without quotes: no comma, no bracket, no blank, nothing to inject.
ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
)
ADDRESS_MAX_CHARS, MAILBOX_MAX_CHARS = 254, 64
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PORTS = {"smtp": 587, "smtps": 465}
BLOCKED_WORDS = re.compile(r"relay|spam|block|denied|policy|reputation|black|listed|authenticat", re.IGNORECASE)


class Tls(StrEnum):
    """How the connection is shielded."""

    FROM_THE_START = "from_the_start"
    STARTTLS = "starttls"
    IF_OFFERED = "if_offered"  # To this machine alone, or because the settings say so.


class MailServer(Struct, frozen=True):
    """Where mail is handed in.  `password` is "" where the server wants none."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = ""


class BadServer(ValueError):
    """Why this is no server that mail can be handed to, in words that do not quote it."""


def mail_server(url: str) -> MailServer:
    """`smtp://HOST`, `smtps://USER:PASSWORD@HOST:PORT`, `smtp://HOST:25?tls=none`.  Raises BadServer."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise BadServer("it is no address of a server") from None
    if parts.scheme not in PORTS or not re.fullmatch(r"[A-Za-z0-9.:_-]+", host) or port == 0:
        raise BadServer("it is no smtp:// or smtps:// address")
    if parts.path not in ("", "/") or parts.fragment or parts.query not in ("", "tls=none"):
        raise BadServer("something stands behind the host that means nothing here")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password) or not (user + password).isprintable():
        raise BadServer("it has a user without a password, or a sign in them that is none")
    open_on_purpose = parts.query == "tls=none"
    if open_on_purpose and password and host not in LOOPBACK:
        raise BadServer("tls=none would send the password in the clear")
    tls = Tls.STARTTLS if parts.scheme == "smtp" else Tls.FROM_THE_START
    if parts.scheme == "smtp" and (host in LOOPBACK or open_on_purpose):
        tls = Tls.IF_OFFERED
    return MailServer(host, port or PORTS[parts.scheme], tls, user, password)


def is_address(text: str) -> bool:
    """Can mail be sent to it, as it stands?"""
    short = len(text) <= ADDRESS_MAX_CHARS and len(text.partition("@")[0]) <= MAILBOX_MAX_CHARS
    return short and ADDRESS.fullmatch(text) is not None


def sender_of(text: str) -> Address | None:
    """`tocsin@example.org` or `Tocsin <tocsin@example.org>`; None where it is neither."""
    name, bracket, rest = text.rpartition("<")
    address = rest.removesuffix(">").strip() if bracket else text.strip()
    if not is_address(address) or (bracket and not rest.endswith(">")) or not name.isprintable():
        return None
    try:
        return Address(name.strip().strip('"'), addr_spec=address)
    except (HeaderParseError, ValueError):
        return None


class Verdict(StrEnum):
    """What a code that is no success says."""

    LATER = "later"
    NOBODY_THERE = "nobody_there"
    NO = "no"


def verdict(code: int, said: str, *, of_recipient: bool = False) -> Verdict:
    """`of_recipient`: it answered RCPT, so it may speak of the person; later replies speak of the message."""
    if 400 <= code < 500:
        return Verdict.LATER
    status = re.search(r"\b5\.(\d{1,3})\.\d{1,3}\b", said)
    subject = status.group(1) if status else ""
    if of_recipient and (subject == "1" or (code in (550, 551, 553) and not status and not BLOCKED_WORDS.search(said))):
        return Verdict.NOBODY_THERE
    return Verdict.NO
