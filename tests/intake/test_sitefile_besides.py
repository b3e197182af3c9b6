"""Contacts of kind email, other and webhook in a site file: each must be one that could be reached."""

from __future__ import annotations

import pytest

from tocsin.core.words import Channel
from tocsin.intake.sitefile import SiteFileWrong, read

SITE = """[organisation]
id = "alder"
name = "Alder"
[[site]]
id = "centre"
name = "Centre"
time_zone = "UTC"
[[member]]
id = "ines"
name = "Ines"
roles = ["supervisor"]
contacts = [
  CONTACT,
]
[[member]]
id = "wale"
name = "Wale"
roles = ["coordinator"]
[[member]]
id = "teo"
name = "Teo"
[[plan]]
site = "centre"
kind = "sos"
backstop = { after_s = 0, audience = ["member:ines", "member:wale", "member:teo"], channels = CHANNELS }
"""


def site(contact: str, channels: str = '[["sms"]]') -> str:
    return SITE.replace("CONTACT", contact).replace("CHANNELS", channels)


GOOD = [
    (Channel.EMAIL, "ines.o'hara+bell@mail.example.org"),
    (Channel.OTHER, "ward-3"),
    (Channel.WEBHOOK, "https://hooks.example.org:8443/siren?ward=3"),
    (Channel.WEBHOOK, "http://10.0.5.7/siren"),
    (Channel.WEBHOOK, "https://hooks.example.org/" + "x" * 1_900),
]


@pytest.mark.parametrize(("kind", "to"), GOOD)
def test_a_contact_that_could_be_reached_is_taken_as_it_is(kind: Channel, to: str) -> None:
    found = read(site(f'{{ kind = "{kind}", to = "{to}", verified = true }}').encode())
    (contact,) = found.directory.members["ines"].contacts
    assert (contact.kind, contact.to, contact.reaches) == (kind, to, False)
    assert to not in contact.id


BAD = [
    ("email", "ines", "no e-mail address"),
    ("email", "ines@example.org,teo@example.org", "no e-mail address"),
    ("email", "<ines@example.org>", "no e-mail address"),
    ("other", "slack://hush-hush/b", "no name of a service"),
    ("other", "a name", "no name of a service"),
    ("webhook", "hooks.example.org", "no web address"),
    ("webhook", "ftp://hooks.example.org", "no web address"),
    ("webhook", "https://user:hush-hush@hooks.example.org", "no web address"),
    ("webhook", "https://hooks.example.org/#part", "no web address"),
    ("webhook", "https://hooks.example.org:99999/", "no web address"),
    ("webhook", "https://[::1", "no web address"),
    ("webhook", "https://", "no web address"),
    ("webhook", "https://hooks.example.org/a b", "no web address"),
    ("webhook", "https://hooks.example.org/" + "x" * 2_000, "longer than"),
]


@pytest.mark.parametrize(("kind", "to", "says"), BAD)
def test_a_contact_that_could_not_is_told_with_its_line_and_without_its_secret(kind: str, to: str, says: str) -> None:
    with pytest.raises(SiteFileWrong) as wrong:
        read(site(f'{{ kind = "{kind}", to = "{to}" }}').encode())
    (line,) = wrong.value.lines
    assert line.startswith("site.toml:13: ") and says in line and "hush" not in line


@pytest.mark.parametrize("channels", ['[["email"]]', '[["email", "other"], ["webhook"]]'])
def test_a_rung_that_wakes_nobody_is_refused(channels: str) -> None:
    with pytest.raises(SiteFileWrong, match="wakes nobody"):
        read(site('{ kind = "email", to = "ines@example.org", verified = true }', channels).encode())


def test_mail_does_not_make_a_responder_reachable() -> None:
    sms = '{ kind = "sms", to = "+12025550111", verified = true }'
    two = sms + ', { kind = "email", to = "ines@example.org", verified = true }'
    warned = read(site(two).replace('["supervisor"]', '["supervisor", "responder"]').encode()).warnings
    assert any("half reachable" in line for line in warned)
