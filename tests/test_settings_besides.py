"""Bad settings of mail, services and webhooks turn off that one part, and say why without quoting a secret."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest

from tocsin.app.ways import names_of, ways_of
from tocsin.core.words import Channel
from tocsin.settings import Settings, load

SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()
GOOD = {
    "email": 'url = "smtp://tocsin:hush-hush@mail.example.org"\nfrom = "Tocsin <tocsin@example.org>"',
    "other": 'targets = """\n# rooms\nward = slack://hush-hush/b/c\ndesk = json://localhost\n"""',
    "webhook": f'secret = "{SECRET}"\nprivate_networks = ["10.0.5.0/24", "fd00::/8"]',
}
BESIDES = {Channel.EMAIL: ("smtp",), Channel.OTHER: ("apprise",), Channel.WEBHOOK: ("webhook",)}


def settings(tmp_path: Path, **changed: str) -> Settings:
    parts = "".join(f"[{name}]\n{text}\n" for name, text in {**GOOD, **changed}.items())
    path = tmp_path / "tocsin.toml"
    path.write_text(f'[server]\ndata = "{tmp_path}"\n{parts}', encoding="utf-8")
    return load(path, {})


def test_good_parts_make_their_ways_and_their_names(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert {problem.part for problem in found.problems} == {"sms"}
    assert names_of(found) == BESIDES

    async def made() -> dict[Channel, tuple[str, ...]]:
        ways = ways_of(found)
        for vendors in ways.values():
            for way in vendors.values():
                await way.close()
        return {channel: tuple(vendors) for channel, vendors in ways.items()}

    assert asyncio.run(made()) == BESIDES


def test_targets_may_come_from_a_file_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "targets").write_text("ward = slack://hush-hush/b/c\n", encoding="utf-8")
    found = settings(tmp_path, other=f'targets_file = "{tmp_path}/targets"')
    assert found.other is not None and found.other.targets.reveal() == "ward = slack://hush-hush/b/c"


BAD = [
    ("email", 'url = "https://hush-hush@x"\nfrom = "a@b.cc"', "smtp://"),
    ("email", 'url = "smtp://u:hush-hush@h?tls=none"\nfrom = "a@b.cc"', "in the clear"),
    ("email", 'url = "smtp://h"\nfrom = "nobody"', "no address"),
    ("email", 'url = "smtp://h"\nfrom = "a@b.cc, d@e.ff"', "no address"),
    ("email", 'url = "smtp://h"', "from is missing"),
    ("other", 'targets = "slack://hush-hush"', "line 1"),
    ("other", 'targets = "ward=syslog://hush-hush"', "this machine"),
    ("other", 'targets = "ward=json://h\\u0000ush-hush"', "hidden or control sign"),
    ("webhook", 'secret = "hush-hush"', "could sign"),
    ("webhook", 'secret = "whsec_aHVzaA=="', "could sign"),
    ("webhook", f'secret = "{SECRET}"\nprivate_networks = ["10.0.5.1/24"]', "no network"),
    ("webhook", f'secret = "{SECRET}"\nprivate_networks = ["0.0.0.0/0"]', "no network"),
    ("webhook", f'secret = "{SECRET}"\nprivate_networks = ["hush-hush"]', "no network"),
]


@pytest.mark.parametrize(("part", "text", "says"), BAD)
def test_a_bad_part_is_off_alone_and_says_why(part: str, text: str, says: str, tmp_path: Path) -> None:
    found = settings(tmp_path, **{part: text})
    assert [name for name in GOOD if getattr(found, name) is None] == [part]
    (problem,) = (problem for problem in found.problems if problem.part == part)
    assert says in problem.what and problem.remedy
    assert "hush" not in problem.what + problem.remedy or "private_networks" in problem.what


def test_parts_that_nobody_named_are_off_without_a_word(tmp_path: Path) -> None:
    found = load(None, {"TOCSIN_SERVER__DATA": str(tmp_path)})
    assert (found.email, found.other, found.webhook) == (None, None, None)
    assert [problem.part for problem in found.problems] == ["sms"]
