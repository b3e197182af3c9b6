"""The site of a night outside: few to ring, many to press, and one off shift who hears of each alert at a set time."""

from __future__ import annotations

import json

from tocsin.bench.town import ORG, fictional

COLLEAGUES = 3
BACKSTOP_S = 5  # Long enough that a timer which follows a jumping clock shows itself.
OFF_SHIFT = COLLEAGUES
FIRST_TEXTER, FIRST_WORKER = 100, 200  # Numbers below are those of the colleagues.
LABEL = "Bay seventeen"  # What no log line may hold.


def outside_site(workers: int, texters: int) -> str:
    """Workers `w0`… press by HTTP, texters `t0`… by SMS; `c0`… are rung at once, `off` at the backstop."""
    parts = [
        f'[organisation]\nid = "{ORG}"\nname = "Outside County"\n\n'
        '[[site]]\nid = "centre"\nname = "Centre"\ntime_zone = "UTC"\n'
    ]
    names = [f"c{number}" for number in range(COLLEAGUES)]
    parts.extend(_member(name, "Colleague", '"responder", "supervisor"', number) for number, name in enumerate(names))
    parts.append(_member("off", "Off Shift", '"supervisor"', OFF_SHIFT))
    parts.extend(_member(f"w{number}", "Worker", '"worker"', FIRST_WORKER + number) for number in range(workers))
    parts.extend(_member(f"t{number}", "Texter", '"worker"', FIRST_TEXTER + number) for number in range(texters))
    parts.append(
        f'[[shift]]\nsite = "centre"\nmembers = {json.dumps(names)}\n'
        "starts = 2026-01-01T00:00:00Z\nends = 2036-01-01T00:00:00Z\n"
    )
    rung = 'channels = [["sms"]]\nrepeat_s = 120\n'
    parts.append(
        '[[plan]]\nsite = "centre"\nkind = "sos"\nneeded = 2\n'
        f'[[plan.rung]]\nafter_s = 0\naudience = ["on_shift"]\n{rung}'
        f'[plan.backstop]\nafter_s = {BACKSTOP_S}\naudience = ["member:c0", "member:c1", "member:off"]\n{rung}'
    )
    return "\n".join(parts)


def _member(id: str, name: str, roles: str, number: int) -> str:
    contact = f'{{ kind = "sms", to = "{fictional(number)}", verified = true }}'
    return f'[[member]]\nid = "{id}"\nname = "{name} {id}"\nroles = [{roles}]\ncontacts = [{contact}]\n'
