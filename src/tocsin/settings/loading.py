"""Every setting: name, type, default, one sentence; and how a file, the environment and secret files become them.

Theory of operation
-------------------
A setting comes from the file, is overruled by the environment (`TOCSIN_SMS__TWILIO__AUTH_TOKEN`), and may come from a
file of its own (`auth_token_file`).  A bad one never stops a start: its part goes without it and a `PartProblem` says
so, for the console, `readyz` and the operator.  Only what nothing can do without is fatal: where the data lies, the
port, the master key, and a settings file that cannot be read, since it may say where the data lies.

Secrets are `Secret`, which shows itself nowhere.  No problem quotes the value of a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from tocsin.intake.phones import e164, is_emergency
from tocsin.intake.tomltables import Unreadable, nearest, odd_sign, parse, shown
from tocsin.settings.addresses import addressed
from tocsin.settings.facing import LOOPBACK, faced, usable
from tocsin.settings.feeds import feeds_fault
from tocsin.settings.networks import is_network
from tocsin.settings.parts import (
    GROUPS,
    SECTIONS,
    Email,
    Feeds,
    Heartbeat,
    Map,
    Oidc,
    Other,
    PartProblem,
    Push,
    Reach,
    Secret,
    Server,
    Settings,
    Sms,
    Store,
    Tls,
    Twilio,
    VoiceTwilio,
    Vonage,
    Webhook,
    annotation,
)
from tocsin.settings.push import usable_push
from tocsin.settings.secret_files import SECRET_MAX_BYTES, BadSecretFile, contents, exposed
from tocsin.settings.sign_in import usable_provider
from tocsin.settings.sms import usable_vendors, usable_words
from tocsin.settings.tiles import usable_map
from tocsin.wire.apprise_urls import BadTargets, targets
from tocsin.wire.smtp import BadServer, mail_server, sender_of
from tocsin.wire.standard_webhooks import signing_key

PREFIX = "TOCSIN_"
FILE_MAX_BYTES = 1_048_576
MASTER_KEY = re.compile(r"[0-9A-Fa-f]{64}")


class FatalSetting(Exception):
    """Tocsin cannot start with this; nothing was touched."""


# Loading ---------------------------------------------------------------------------------------------------------


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings from the file at `path` (None: no file) and the environment.  Raises FatalSetting only."""
    return _Loading(_file(path), environ).settings()


def _file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        with path.open("rb") as opened:
            text = opened.read(FILE_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise FatalSetting(f"{path}: the settings file cannot be read ({type(error).__name__}); name another") from None
    if len(text) > FILE_MAX_BYTES:
        raise FatalSetting(f"{path}: the settings file is larger than {FILE_MAX_BYTES} bytes; shorten it")
    try:
        return parse(text)[0]
    except Unreadable as unreadable:
        raise FatalSetting(unreadable.fault.told(str(path))) from None


class _Bad(Exception):
    """One value that cannot be used: what, and the remedy."""


Part = TypeVar("Part", bound=Struct)


class _Loading:
    def __init__(self, file: dict[str, Any], environ: Mapping[str, str]) -> None:
        self.problems: list[PartProblem] = []
        self.exposed: list[str] = []
        self.given: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
        self.named: set[str] = set()  # Sections somebody wrote, perhaps with nothing in them.
        self._read_file("", file)
        for name in sorted(environ):
            self._read_variable(name, environ[name])

    def problem(self, part: str, what: str, remedy: str) -> None:
        self.problems.append(PartProblem(part, what, remedy))

    def settings(self) -> Settings:
        tls, store = self._tls(), self._part("store", Store) or Store()
        server, local = faced(addressed(self._server(), self.problems), tls=tls is not None)
        self.problems += [local] if local else []
        twilio, vonage, voice = self._twilio(), self._vonage(), self._voice()
        sms = self._sms()
        vendors = usable_vendors(sms, {"twilio": twilio, "vonage": vonage}, self.named, self.problems)
        heartbeat = self._part("heartbeat", Heartbeat)
        return Settings(
            server=server,
            tls=tls,
            store=store,
            vendors=vendors,
            sos_words=usable_words(sms, self.problems),
            twilio=twilio if "twilio" in vendors else None,
            vonage=vonage if "vonage" in vendors else None,
            voice=voice,
            email=self._email(),
            other=self._other(),
            webhook=self._webhook(),
            push=usable_push(self._wanted("push", Push), self.problems),
            oidc=usable_provider(self._wanted("sign_in.oidc", Oidc), self.problems),
            reach=self._part("reach", Reach) or Reach(),
            feeds=self._feeds(),
            map=usable_map(self._part("map", Map) or Map(), self.problems),
            heartbeat=heartbeat if heartbeat and heartbeat.url else None,
            problems=tuple(dict.fromkeys(self.problems)),
            exposed=tuple(dict.fromkeys(self.exposed)),
        )

    # Where values come from

    def _read_file(self, section: str, table: dict[str, Any]) -> None:
        for key, value in table.items():
            name = f"{section}.{key}".strip(".")
            if isinstance(value, dict) and (name in SECTIONS or name in GROUPS):
                self.named.add(name)
                self._read_file(name, value)
            elif name == "server":
                raise FatalSetting("server: it is no table; write [server] above its settings")
            elif name in SECTIONS:
                self.problem(name, "it is no table", f"write [{name}] above its settings")
            else:
                self._give(section, key, value)

    def _read_variable(self, name: str, value: str) -> None:
        section, separator, key = name.removeprefix(PREFIX).lower().rpartition("__")
        if not name.startswith(PREFIX) or not separator:
            return
        section = section.replace("__", ".")
        if len(value) > SECRET_MAX_BYTES:
            self.problem(section, f"the value of {name} is too long", "shorten it")
        else:
            self._give(section, key, value if not self._is_list(section, key) else _split(value))

    def _is_list(self, section: str, key: str) -> bool:
        return key in self._keys(section) and get_origin(get_args(self._keys(section)[key].type)[0]) is tuple

    def _give(self, section: str, key: str, value: Any) -> None:
        """Keep one value for its section, unless nobody knows it."""
        keys = self._keys(section)
        if not keys:
            part = f"{section}.{key}".strip(".")
            self.problem(section or key, f"unknown section {shown(section or key)}", nearest(part, SECTIONS))
        elif key in keys or key.removesuffix("_file") in keys:
            self.given[section].pop(key.removesuffix("_file"), None)
            self.given[section].pop(key.removesuffix("_file") + "_file", None)
            self.given[section][key] = value
            self.named.add(section)
        else:
            self.problem(section, f"unknown key {shown(key)}", nearest(key, keys))

    @staticmethod
    def _keys(section: str) -> dict[str, msgspec.structs.FieldInfo]:
        struct = SECTIONS.get(section)
        return {info.encode_name: info for info in msgspec.structs.fields(struct)} if struct else {}

    # From values to parts

    def _value(self, section: str, key: str, info: msgspec.structs.FieldInfo) -> Any:
        """The checked value of one key, its default where it is not given.  Raises _Bad."""
        given = self.given[section]
        named = key + "_file"
        if named in given and named not in self._keys(section):
            self.exposed += [f"{section}.{named}"] if exposed(given[named]) else []
            return _checked(_contents(given[named], key), key, info)
        if key in given:
            return _checked(given[key], key, info)
        if info.required:
            raise _Bad(f"{key} is missing", f"set {key} or {key}_file")
        return info.default

    def _part(self, section: str, struct: type[Part]) -> Part | None:
        """The part, or None with a problem for each value that keeps it off."""
        values: dict[str, Any] = {}
        for key, info in self._keys(section).items():
            try:
                values[info.name] = self._value(section, key, info)
            except _Bad as bad:
                self.problem(section, *bad.args)
        return struct(**values) if len(values) == len(self._keys(section)) else None

    def _server(self) -> Server:
        values: dict[str, Any] = {}
        for key, info in self._keys("server").items():
            try:
                values[info.name] = self._value("server", key, info)
            except _Bad as bad:
                what, remedy = bad.args
                if key in ("data", "port", "master_key", "master_key_file"):
                    raise FatalSetting(f"server.{key}: {what}; {remedy}") from None
                self.problem(f"server.{key}", what, remedy)
        server = Server(**values)
        if server.sos_port == server.port:
            self.problem("server.sos_port", "it is the same as port", "set another; until then it is the next one")
            server = msgspec.structs.replace(server, sos_port=0)
        if not server.public_url:
            server = msgspec.structs.replace(server, public_url=f"http://localhost:{server.port}")
        return _with_master_key(server)

    def _tls(self) -> Tls | None:
        tls = self._wanted("server.tls", Tls)
        flaw = usable(tls) if tls else None
        self.problems += [flaw] if flaw else []
        return None if flaw else tls

    def _wanted(self, section: str, struct: type[Part]) -> Part | None:
        """The part, if somebody named it at all."""
        return self._part(section, struct) if section in self.named else None

    def _twilio(self) -> Twilio | None:
        twilio = self._wanted("sms.twilio", Twilio)
        senders = self._numbers("sms.twilio", twilio.senders) if twilio else ()
        return msgspec.structs.replace(twilio, senders=senders) if twilio and senders else None

    def _vonage(self) -> Vonage | None:
        vonage = self._wanted("sms.vonage", Vonage)
        senders = self._numbers("sms.vonage", [vonage.sender]) if vonage else ()
        return msgspec.structs.replace(vonage, sender=senders[0]) if vonage and senders else None

    def _voice(self) -> Twilio | None:
        """The part, with what is absent taken from sms.twilio."""
        voice = self._wanted("voice.twilio", VoiceTwilio)
        if voice is None:
            return None
        own = {name: value for name, value in msgspec.structs.asdict(voice).items() if value}
        try:
            whole = {info.name: self._value("sms.twilio", key, info) for key, info in self._keys("sms.twilio").items()
                     if info.name not in own}  # fmt: skip
        except _Bad as bad:
            self.problem("voice.twilio", *bad.args)
            return None
        found = Twilio(**{**whole, **own})
        senders = self._numbers("voice.twilio", found.senders)
        return msgspec.structs.replace(found, senders=senders) if senders else None

    def _email(self) -> Email | None:
        email = self._wanted("email", Email)
        try:
            if email is not None:
                mail_server(email.url.reveal())
        except BadServer as bad:
            self.problem("email", f"url is wrong: {bad}", "write it as smtp://USER:PASSWORD@HOST:PORT")
            return None
        if email is not None and sender_of(email.sender) is None:
            what = f"from has {shown(email.sender)}, no address that mail could come from"
            self.problem("email", what, "write it as tocsin@example.org or Tocsin <tocsin@example.org>")
            return None
        return email

    def _other(self) -> Other | None:
        other = self._wanted("other", Other)
        try:
            if other is not None:
                targets(other.targets.reveal())
        except BadTargets as bad:
            self.problem("other", f"targets is wrong: {bad}", "write one NAME=URL a line, each URL as Apprise has it")
            return None
        return other

    def _webhook(self) -> Webhook | None:
        webhook = self._wanted("webhook", Webhook)
        if webhook is None:
            return None
        if signing_key(webhook.secret.reveal()) is None:
            what = "secret is none that could sign a webhook"
            self.problem("webhook", what, "write whsec_ and the base64 of 24 to 64 random bytes")
            return None
        wrong = [network for network in webhook.private_networks if not is_network(network)]
        for network in wrong:
            what = f"private_networks has {shown(network)}, which is no network"
            self.problem("webhook", what, "write it as 10.0.5.0/24, with the bits of the host at 0")
        return None if wrong else webhook

    def _feeds(self) -> Feeds:
        feeds = self._part("feeds", Feeds) or Feeds()
        fault = feeds_fault(feeds)
        if fault is not None:
            self.problem("feeds", *fault)
        return feeds if fault is None else Feeds(feeds.every_minutes)

    def _sms(self) -> Sms:
        """What can be used of it: a bad value keeps off nothing but itself."""
        values: dict[str, Any] = {}
        for key, info in self._keys("sms").items():
            try:
                values[info.name] = self._value("sms", key, info)
            except _Bad as bad:
                self.problem("sms", *bad.args)
        return Sms(**values)

    def _numbers(self, section: str, senders: Sequence[str]) -> tuple[str, ...]:
        """The senders that are telephone numbers, in E.164; a problem for each that is none."""
        good: list[str] = []
        for sender in senders:
            number = None if is_emergency(sender) else e164(sender)
            if number is None:
                self.problem(section, f"from has {shown(sender)}, no number to send from", "write it in E.164")
            else:
                good.append(number)
        return tuple(dict.fromkeys(good))


def _split(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _contents(named: Any, key: str) -> str:
    try:
        return contents(named, key)
    except BadSecretFile as bad:
        raise _Bad(*bad.args) from None


def _checked(raw: Any, key: str, info: msgspec.structs.FieldInfo) -> Any:
    base, meta = annotation(info)
    texts, extra = raw if isinstance(raw, list) else [raw], meta.extra or {}
    if any(isinstance(text, str) and odd_sign(text, "\r\n" if "lines" in extra else "") for text in texts):
        raise _Bad(f"{key} holds a hidden or control sign", "write it without")
    if base in (Secret, Secret | None):
        if not isinstance(raw, str) or not raw or not raw.isascii():
            raise _Bad(f"{key} is no secret", "write a text of plain signs")
        return Secret(raw)
    try:
        value = msgspec.convert(raw, Annotated[base, meta], strict=not isinstance(raw, str))
    except msgspec.ValidationError as error:
        raise _Bad(f"{key} is wrong: {str(error).partition(' - at ')[0]}", f"it is: {meta.description}") from None
    return _url(value, key, extra["url"]) if "url" in extra and value else value


def _url(url: str, key: str, kind: str) -> str:
    """A web address without its last slash; over `secret` ones a secret goes, so they are encrypted or do not leave."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0 and " " not in url
    except ValueError:
        good, parts = False, urlsplit("")
    if not good or parts.username is not None or parts.fragment or (parts.query and kind == "secret"):
        raise _Bad(f"{key} is no web address: {shown(url)}", "write it as https://host or https://host:port")
    if kind == "secret" and parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise _Bad(f"{key} would send the secret in the clear", "use https")
    return url.rstrip("/")


def with_master_key(settings: Settings) -> Settings:
    """The same with the key that lies in its file by now.  Raises FatalSetting."""
    return msgspec.structs.replace(settings, server=_with_master_key(settings.server))


def _with_master_key(server: Server) -> Server:
    """The key from its file, where that is there: the first start makes one.  Raises FatalSetting."""
    key, path = server.master_key, server.master_key_path
    try:
        if key is None and path.exists():
            key = Secret(_contents(str(path), "master_key"))
    except _Bad as bad:
        raise FatalSetting(f"server.master_key: {bad.args[0]}; {bad.args[1]}") from None
    except (OSError, ValueError):
        raise FatalSetting(f"server.master_key_file: {shown(str(path))} is no path; name another") from None
    if key is not None and not MASTER_KEY.fullmatch(key.reveal()):
        raise FatalSetting("server.master_key: it is not 64 hexadecimal digits; restore the one that made the data")
    return msgspec.structs.replace(server, master_key=key)
