"""What the scripted site can be like when its console and its wallboard are photographed: a scene for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drawn_site import draw, reports
from fake_site import DANA, LUIS, MAYA, OWEN, PRIYA, TOMASZ, FakeSite, Json
from office_site import LONG
from screen_states import busy, delivery

MANY, TIMES = 40, 12
CAR_PARK = "Estacionamiento subterráneo norte, detrás de la segunda columna junto a la salida de emergencia"


def calm(site: FakeSite) -> None:
    site.be_calm()


def nobody(site: FakeSite) -> None:
    """No roster, no contacts, no past."""
    site.be_calm()
    site.on_shift = 0
    assert site.calm is not None
    cover = [{**hour, "people": 0, "lacks": ["nobody"]} for hour in site.calm["cover"]]
    site.calm |= {"people": [], "on_shift": 0, "ways": [], "cover": cover}


def crowded(site: FakeSite) -> None:
    site.be_calm()
    assert site.calm is not None
    ways, at = ["sms", "voice", "push"], site.stamp(-900)
    people = [{"member": one, "reach": "stale", "ways": ways, "proven_at": at} for one in crowd()]
    site.calm |= {"people": people, "on_shift": MANY + 6}


def live(site: FakeSite, **more: Any) -> None:
    """The night of the mocks: two on their way, one who cannot be reached, a fix beside the last zone."""
    draw(site)
    answers = [
        site.said(DANA, "coming", 80, 41) | {"eta_s": 120},
        site.said(PRIYA, "coming", 70, 36),
        site.said(TOMASZ, "seen", 40, 20),
        site.said(LUIS, "seen", 50, 50),
    ]
    sent: list[Json] = [
        delivery(site, OWEN, "failed", 13, channel="voice", reason="phone_off", attempts=3),
        delivery(site, DANA, "answered", 41),
        delivery(site, PRIYA, "answered", 36, channel="push"),
        delivery(site, TOMASZ, "delivered", 99, channel="push"),
        delivery(site, LUIS, "answered", 97, channel="voice"),
        delivery(site, OWEN, "undeliverable", 100, reason="opted_out"),
        delivery(site, DANA, "delivered", 103, channel="push"),
        delivery(site, PRIYA, "handed_over", 105),
    ]
    notes = [{"member": TOMASZ, "text": "North door is locked.", "at": site.stamp(-55)}]
    scripts = [
        {"duty": "dispatcher", "text": "Send police. Say armed if known."},
        {"duty": "door", "text": "Lock. Admit nobody but police."},
        {"duty": "everyone", "text": "Do not go out. Move inside. Do not call her phone."},
    ]
    told: Json = {"raised_at": site.stamp(-107), "next_rung_at": site.stamp(43), "people_rung": 6, "run_by": LUIS}
    told |= {"answers": answers, "deliveries": sent, "notes": notes, "scripts": scripts, "places": reports(site)}
    site.raise_alert(**{**told, "site": "wren", "still_open": ["nobody_with_them", "police_not_called"], **more})


def drill(site: FakeSite) -> None:
    live(site, drill=True)


def unknown(site: FakeSite) -> None:
    """Who, and nothing else; of a site that nobody has drawn."""
    site.raise_alert(site="wren")


def everything(site: FakeSite) -> None:
    site.disabled = [{"part": "sms.twilio", "what": "It has no auth_token.", "remedy": "Set it, and start again."}]
    site.raise_alert(**busy(site))


def several(site: FakeSite) -> None:
    for member in (PRIYA, TOMASZ, DANA, {"id": "long", "name": LONG}):
        site.raise_alert(member=member, site="wren")
    live(site, member=MAYA)


def rows(site: FakeSite) -> None:
    """As many as a wall has rows for, and two more."""
    for number in range(10):
        label = CAR_PARK if number == 3 else f"Ward {number + 1}, bed {number * 7 % 5 + 1}"
        site.raise_alert(member=crowd()[number], places=[{"kind": "zone", "label": label, "at": site.stamp(-9)}])


def many(site: FakeSite) -> None:
    """Forty people, twelve messages to each of some, a long name and a long place."""
    states = ("delivered", "handed_over", "failed", "undeliverable", "queued", "superseded")
    told = [
        {"id": f"{one['id']}-{n}", "member": one, "channel": "sms", "contact": "ends 0111", "state": states[n % 6]}
        | {"reason": "phone_off" if states[n % 6] == "failed" else None, "attempts": 1 + n % 3, "at": site.stamp(-n)}
        for one in crowd()[:TIMES]
        for n in range(TIMES)
    ]
    said = [site.said(one, ("coming", "seen", "with_them")[n % 3]) for n, one in enumerate(crowd()[TIMES:])]
    places = [{"kind": "spoken", "label": CAR_PARK, "at": site.stamp(-60)}]
    member = {"id": "long", "name": LONG}
    site.raise_alert(member=member, deliveries=told, answers=said, places=places, people_rung=MANY)


def spanish(site: FakeSite) -> None:
    site.speaks = "es"
    asked = {"by": LUIS, "to": DANA, "at": site.stamp(-20), "still_open": ["nobody_with_them"], "text": None}
    live(site, handover=asked, **{**busy(site), "places": reports(site)})


def crowd() -> list[Json]:
    return [{"id": f"p{n}", "name": f"{'ABCDEFGH'[n % 8]}mara Haddad-Lindqvist {n}"} for n in range(MANY)]


SCENES: Mapping[str, Callable[[FakeSite], None]] = {
    "calm": calm, "nobody": nobody, "crowded": crowded, "live": live, "drill": drill, "unknown": unknown,
    "everything": everything, "several": several, "rows": rows, "many": many, "spanish": spanish,
}  # fmt: skip
