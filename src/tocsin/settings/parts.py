"""What there is to set: every section, and in it every setting with its name, type, default and one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, get_args

import msgspec
from msgspec import Meta, Struct, field

PLAIN_SID = r"^AC[0-9a-fA-F]{32}$"
VENDORS = ("twilio", "vonage")  # Who can carry an SMS, in the order in which they are tried unless it is set.


class Secret:
    """A value that is not to be seen: not in a repr, a log line, a traceback or a page."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class PartProblem(Struct, frozen=True, order=True):
    """A part that does without a setting, or without itself."""

    part: str
    what: str
    remedy: str


# What there is to set --------------------------------------------------------------------------------------------


class Server(Struct, frozen=True):
    public_url: Annotated[
        str,
        Meta(
            description="What people and carriers call it, and what carriers sign; localhost and the port unless set.",
            extra={"url": "web"},
        ),
    ] = ""
    addresses: Annotated[
        tuple[str, ...], Meta(description="Its other origins; a phone whose press is not taken tries them too.")
    ] = ()
    host: Annotated[str, Meta(description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65_535, description="Where pages, API and hooks are served.")] = 8_000
    sos_port: Annotated[int, Meta(ge=0, le=65_535, description="For alerts and hooks only; 0 means port + 1.")] = 0
    behind_proxy: Annotated[
        bool, Meta(description="A proxy that has the certificate stands before host; only then may it lack its own.")
    ] = False
    data: Annotated[str, Meta(min_length=1, description="The directory that holds everything.")] = "tocsin-data"
    master_key: Annotated[Secret | None, Meta(description="64 hexadecimal digits; made at first start.")] = None
    master_key_file: Annotated[str, Meta(description="The master key's file; master.key in data unless set.")] = ""

    @property
    def sos_port_used(self) -> int:
        return self.sos_port or (self.port + 1 if self.port < 65_535 else self.port - 1)

    @property
    def master_key_path(self) -> Path:
        return Path(self.master_key_file) if self.master_key_file else Path(self.data) / "master.key"


class Tls(Struct, frozen=True, kw_only=True):
    certificate: Annotated[
        str, Meta(min_length=1, description="A PEM file: the certificate and its chain; read anew when it changes.")
    ]
    private_key: Annotated[str, Meta(min_length=1, description="The PEM file of its key, without a password.")]


class Store(Struct, frozen=True):
    url: Annotated[str, Meta(pattern="^sqlite:$", description="`sqlite:` keeps one file in data.")] = "sqlite:"


class Sms(Struct, frozen=True):
    vendors: Annotated[tuple[str, ...], Meta(description="SMS vendors in the order they are tried; absent: all.")] = ()
    sos_words: Annotated[
        tuple[str, ...],
        Meta(description="Words of yours that call for help in a text, besides SOS and the rest."),
    ] = ()
    help_rings: Annotated[
        bool, Meta(description="HELP calls for help; false where the vendor's own HELP reply cannot be turned off.")
    ] = True


class Twilio(Struct, frozen=True, kw_only=True):
    base_url: Annotated[
        str, Meta(description="The vendor's API; the sandbox puts its own address here.", extra={"url": "secret"})
    ] = "https://api.twilio.com"
    account_sid: Annotated[str, Meta(pattern=PLAIN_SID, description="The account: AC and 32 hexadecimal digits.")]
    auth_token: Annotated[Secret, Meta(description="The account's token; it also signs the hooks.")]
    senders: Annotated[
        tuple[str, ...], Meta(min_length=1, description="Numbers of the account that texts come from, in E.164.")
    ] = field(name="from")


class Vonage(Struct, frozen=True, kw_only=True):
    base_url: Annotated[
        str, Meta(description="The vendor's API; the sandbox puts its own address here.", extra={"url": "secret"})
    ] = "https://api.nexmo.com"
    api_key: Annotated[str, Meta(min_length=1, description="The account's key.")]
    api_secret: Annotated[Secret, Meta(description="The account's secret, sent with each message.")]
    signature_secret: Annotated[Secret, Meta(description="What the vendor signs its webhooks with; not the secret.")]
    sender: Annotated[str, Meta(min_length=1, description="The number that texts come from, in E.164.")] = field(
        name="from"
    )


class VoiceTwilio(Struct, frozen=True, kw_only=True):
    """As Twilio; what is absent is taken from sms.twilio."""

    base_url: Annotated[
        str, Meta(description="The vendor's API; that of sms.twilio unless set.", extra={"url": "secret"})
    ] = ""
    account_sid: Annotated[
        str, Meta(pattern=f"{PLAIN_SID}|^$", description="The account; sms.twilio's unless set.")
    ] = ""
    auth_token: Annotated[Secret | None, Meta(description="The account's token; sms.twilio's unless set.")] = None
    senders: Annotated[
        tuple[str, ...], Meta(description="Numbers of the account that calls come from; sms.twilio's unless set.")
    ] = field(name="from", default=())


class Email(Struct, frozen=True, kw_only=True):
    url: Annotated[
        Secret,
        Meta(description="smtp://HOST:PORT or smtps://…, with USER:PASSWORD@ where wanted; STARTTLS unless ?tls=none."),
    ]
    sender: Annotated[str, Meta(min_length=3, description="The address that mail comes from.")] = field(name="from")


class Other(Struct, frozen=True, kw_only=True):
    targets: Annotated[
        Secret,
        Meta(
            description="Lines of NAME=URL, each an Apprise service that a contact of kind other may name.",
            extra={"lines": True},
        ),
    ]


class Webhook(Struct, frozen=True, kw_only=True):
    secret: Annotated[
        Secret, Meta(description="What our webhooks are signed with: whsec_ and base64 of 24 to 64 bytes.")
    ]
    private_networks: Annotated[
        tuple[str, ...],
        Meta(description="Networks of your own, as 10.0.5.0/24, that a webhook may go to all the same."),
    ] = ()


# The push services of Chrome, Edge, Brave and Samsung; of Firefox; of Safari; of Edge on Windows.
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)


class Push(Struct, frozen=True, kw_only=True):
    """The key that pushes are signed with follows from the master key."""

    subject: Annotated[
        str,
        Meta(
            pattern=r"^(mailto:[^@\s]+@[^@\s]+|https://[^\s]+)$",
            description="Whom a push service writes to about our pushes: mailto:it@example.org, or an https address.",
        ),
    ]
    hosts: Annotated[
        tuple[str, ...],
        Meta(min_length=1, description="The push services that phones may name; `*.` stands for any name before it."),
    ] = PUSH_HOSTS
    private_networks: Annotated[
        tuple[str, ...],
        Meta(description="Networks of your own, as 10.0.5.0/24, that a push service may stand in, http too."),
    ] = ()


class Oidc(Struct, frozen=True, kw_only=True):
    issuer: Annotated[
        str,
        Meta(
            min_length=1,
            description="Your organisation's own sign-in (OpenID Connect), which may vouch for members too.",
            extra={"url": "secret"},
        ),
    ]
    client_id: Annotated[
        str, Meta(min_length=1, description="What it knows Tocsin by; register public_url/sign-in/back there.")
    ]
    client_secret: Annotated[Secret, Meta(description="What Tocsin proves itself with there.")]
    claim: Annotated[
        str,
        Meta(
            min_length=1,
            description="What names the member: `email`, verified there and a contact here, or a claim with their id.",
        ),
    ] = "email"
    private_networks: Annotated[
        tuple[str, ...],
        Meta(description="Networks of your own, as 10.0.5.0/24, that it may stand in."),
    ] = ()


class Reach(Struct, frozen=True):
    every_days: Annotated[
        int,
        Meta(
            ge=0,
            le=365,
            description="How often each contact is sent a reach test, by day and a few at a time; 0: only on demand.",
        ),
    ] = 0


class Feeds(Struct, frozen=True):
    every_minutes: Annotated[int, Meta(ge=5, le=1440, description="How often each roster feed is read.")] = 15
    private_networks: Annotated[
        tuple[str, ...], Meta(description="Networks of your own, as 10.0.5.0/24, that a feed may be fetched from.")
    ] = ()


class Map(Struct, frozen=True):
    """Off by default: no page asks any other host for anything."""

    tiles_url: Annotated[
        str,
        Meta(description="Tiles of your choice under the plans: https://HOST/PATH with {z}, {x} and {y}."),
    ] = ""
    tiles_credit: Annotated[
        str, Meta(max_length=200, description="Whom those tiles are owed to, as their owner wants it said.")
    ] = ""


class Heartbeat(Struct, frozen=True):
    url: Annotated[
        str, Meta(description="Called every 30 s while all is well; its silence is the alarm.", extra={"url": "web"})
    ] = ""


SECTIONS: dict[str, type[Struct]] = {
    "server": Server,
    "server.tls": Tls,
    "store": Store,
    "sms": Sms,
    "sms.twilio": Twilio,
    "sms.vonage": Vonage,
    "voice.twilio": VoiceTwilio,
    "email": Email,
    "other": Other,
    "webhook": Webhook,
    "push": Push,
    "sign_in.oidc": Oidc,
    "reach": Reach,
    "feeds": Feeds,
    "map": Map,
    "heartbeat": Heartbeat,
}
GROUPS = {section.rpartition(".")[0] for section in SECTIONS}


class Settings(Struct, frozen=True):
    """All of it, checked.  A part that is None is off; `problems` says why, unless nobody asked for it.

    `exposed`: settings whose secret lies in a file that everybody on this machine may read.

    `vendors`: of SMS, those that are set up, in the order in which they are tried.  `sos_words`: all that call for
    help in a text.  `voice` has nothing absent.
    """

    server: Server
    tls: Tls | None
    store: Store
    vendors: tuple[str, ...]
    sos_words: tuple[str, ...]
    twilio: Twilio | None
    vonage: Vonage | None
    voice: Twilio | None
    email: Email | None
    other: Other | None
    webhook: Webhook | None
    push: Push | None
    oidc: Oidc | None
    reach: Reach
    feeds: Feeds
    map: Map
    heartbeat: Heartbeat | None
    problems: tuple[PartProblem, ...]
    exposed: tuple[str, ...] = ()


class SettingLine(Struct, frozen=True):
    """One setting as the documentation lists it."""

    name: str
    type: str
    default: str
    sentence: str


def every_setting() -> list[SettingLine]:
    """Every setting there is, in the order of the sections."""
    return [
        SettingLine(f"{section}.{info.encode_name}", _type_name(base), _default(info), meta.description or "")
        for section, struct in SECTIONS.items()
        for info in msgspec.structs.fields(struct)
        for base, meta in [annotation(info)]
    ]


def annotation(info: msgspec.structs.FieldInfo) -> tuple[Any, Meta]:
    base, meta = get_args(info.type)
    assert isinstance(meta, Meta)
    return base, meta


def _type_name(base: Any) -> str:
    if base in (Secret, Secret | None):
        return "secret"
    return {str: "text", int: "whole number", bool: "true or false"}.get(base, "list of texts")


def _default(info: msgspec.structs.FieldInfo) -> str:
    return "required" if info.required else "" if info.default in ("", None, ()) else str(info.default)
