"""The demo: the very server, with the sandbox as its carrier and a fictional centre whose night shift is now."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import typer

from tocsin.app import Guest, Node, serve
from tocsin.cli.saying import fail
from tocsin.core.access.record import OPERATOR
from tocsin.core.access.words import LinkKind
from tocsin.core.commands import Declined
from tocsin.core.directory import Directory
from tocsin.core.words import Channel
from tocsin.intake.office import Refusal
from tocsin.runtime.access.links import Links
from tocsin.runtime.node import Node as House
from tocsin.runtime.system import SteadyClock, SystemEntropy
from tocsin.sandbox.box import Sandbox
from tocsin.sandbox.demo_site import demo_directory
from tocsin.sandbox.hooks import HttpHooks
from tocsin.sandbox.serving import serve as serve_sandbox
from tocsin.sandbox.surface import handlers
from tocsin.settings import Settings, load

ADMINISTRATOR = "ada"
WORKER, SUPERVISOR, SECOND = "noor", "teo", "june"  # The last two are on shift: both are rung, and may close.
PINS = ("4071", "8265")  # Of the demo's worker, printed for whoever tries it: the PIN and the duress PIN.
SENDER = "+12025550190"


async def run_demo(port: int, data: Path, until: asyncio.Event) -> int:
    """Serve the demo until `until`; returns the exit status."""
    public_url = f"http://localhost:{port}"
    sandbox = Sandbox(SteadyClock(data), SystemEntropy(), HttpHooks(), f"{public_url}/hooks/twilio/sms")
    async with serve_sandbox(sandbox, port=port + 2) as carrier:
        chosen = _settings(port, data, public_url, carrier.base_url, sandbox)

        async def ready(node: Node) -> None:
            await _open(node, sandbox, public_url, carrier.base_url)

        return await serve(chosen, until, ready, Guest(handlers(sandbox), sandbox.end_live))


def _settings(port: int, data: Path, public_url: str, carrier_url: str, sandbox: Sandbox) -> Settings:
    given = {
        "TOCSIN_SERVER__PORT": str(port),
        "TOCSIN_SERVER__DATA": str(data),
        "TOCSIN_SERVER__PUBLIC_URL": public_url,
        "TOCSIN_SMS__TWILIO__BASE_URL": carrier_url,
        "TOCSIN_SMS__TWILIO__ACCOUNT_SID": sandbox.account_sid,
        "TOCSIN_SMS__TWILIO__AUTH_TOKEN": sandbox.auth_token,
        "TOCSIN_SMS__TWILIO__FROM": SENDER,
        "TOCSIN_PUSH__SUBJECT": "mailto:it@example.org",
        "TOCSIN_PUSH__HOSTS": urlsplit(carrier_url).netloc,
        "TOCSIN_PUSH__PRIVATE_NETWORKS": "127.0.0.0/8",
    }
    return load(None, given)


async def _open(node: Node, sandbox: Sandbox, public_url: str, carrier_url: str) -> None:
    directory = demo_directory(node.clock.now_ms())
    numbers = _phones(sandbox, directory)
    sandbox.pushes.product = public_url
    try:
        await node.office.apply(directory, "demo")
        await node.office.pins(WORKER, *PINS)
        tokens = {member: (await node.office.token(member))["token"] for member in (WORKER, SUPERVISOR, SECOND)}
        office, entrance = await office_of(node.bell, public_url)
        for member in (SUPERVISOR, SECOND):  # Their phones have the app too.
            await sandbox.pushes.enrol(carrier_url, numbers[member], tokens[member])
    except Refusal as refusal:
        fail(str(refusal))
    typer.echo(f"""
Tocsin demo: {directory.name}, a fictional centre. Nothing leaves this machine.

  A worker's phone       {public_url}/phone#{tokens[WORKER]}
  The colleagues' phones {public_url}/colleagues
  The console            {public_url}/console#{tokens[SUPERVISOR]}
  The office             {office}

Open all three side by side and hold SOS for a second. It takes two people on two devices to close an alert;
the second one's console: {public_url}/console#{tokens[SECOND]}

The office is where people, roles and phones are kept; {entrance}

The worker's PIN is {PINS[0]}; the duress PIN is {PINS[1]}. Stop with Ctrl+C.
""")


async def office_of(bell: House, public_url: str) -> tuple[str, str]:
    """Where the office is entered, and how: by a one-time link until somebody has made a passkey there."""
    org = next(iter(bell.world.directories))
    made = await Links(bell, SystemEntropy(), public_url).make(
        org, OPERATOR, LinkKind.FIRST_ADMINISTRATOR, member=ADMINISTRATOR
    )
    if isinstance(made, Declined):
        return f"{public_url}/sign-in", "sign in with the passkey that you made there before."
    return made.url, "its link works once, and lets you in as the administrator."


def _phones(sandbox: Sandbox, directory: Directory) -> dict[str, str]:
    """The number of each member who has a phone."""
    numbers: dict[str, str] = {}
    for member in directory.members.values():
        for contact in member.contacts:
            if contact.kind is Channel.SMS:
                numbers[member.id] = sandbox.phone(contact.to, member.name).number
    return numbers
