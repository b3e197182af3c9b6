"""`init`, `invite`, `enrol`, `desk`, `wallboard`, `key`: from an empty folder, and beside a running server."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from line import SITE, serving, told, typed

LINK = re.compile(r"http://localhost:8000/link#tocsin_[\w-]{43}")
FOUNDING = ("--name", "Alder County", "--site", "Dispatch Centre", "--administrator", "Ada Invented")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with an organisation in it, and no server."""
    return applied(tmp_path, SITE)


def applied(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "site.toml"
    file.write_text(text)
    told("apply", str(file), data=tmp_path / "data")
    return tmp_path / "data"


def refused(*words: str, data: Path) -> str:
    """The words of the refusal, on stderr, with status 1."""
    result = typed(*words, data=data)
    assert result.exit_code == 1 and "Traceback" not in result.output and not result.stdout, result.output
    return result.stderr.strip()


@pytest.mark.slow
def test_init_founds_an_organisation_in_an_empty_folder_and_prints_the_first_link(tmp_path: Path) -> None:
    data = tmp_path / "data"
    result = typed("init", *FOUNDING, "--time-zone", "America/Chicago", data=data)
    assert result.exit_code == 0
    founded, link, until = result.stdout.splitlines()
    assert founded == "Founded alder-county: a site file for it has this id.  ada-invented runs it."
    assert LINK.fullmatch(link) and until.startswith("It works once, until 20")
    again = told("init", data=data)
    assert (again["organisation"], again["member"]) == ("alder-county", "ada-invented")
    assert again["link"] != link, "a new one, and the one before is worth nothing"


def test_a_name_in_any_script_founds_an_organisation(tmp_path: Path) -> None:
    first = told("init", "--name", "Ålder Zürich", "--administrator", "Ünal", data=tmp_path / "one")
    assert (first["organisation"], first["member"]) == ("alder-zurich", "unal")
    other = told("init", "--name", "指令センター", "--administrator", "あだ", data=tmp_path / "two")
    assert (other["organisation"], other["member"]) == ("workplace", "administrator")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name it with --name"),
        (("--name", "Alder"), "--administrator"),
        (("--name", "Alder", "--administrator", "Ada", "--time-zone", "Mars/Base"), "'Mars/Base' is no time zone"),
        (("--name", "\u200b", "--administrator", "Ada"), "nothing in it that can be read"),
    ],
    ids=["nothing", "nobody", "no zone", "no name"],
)
def test_init_says_what_it_needs_and_founds_nothing(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert said in refused("init", *words, data=tmp_path / "data")
    assert "there is no organisation yet" in refused("invite", "ada", data=tmp_path / "data")


@pytest.mark.slow
def test_init_with_an_applied_organisation_makes_the_link_of_its_administrator(tmp_path: Path) -> None:
    text = re.sub(r'(id = "w0"\n(?:.*\n)*?roles = )\[[^\]]*\]', r'\1["administrator", "worker"]', SITE, count=1)
    data = applied(tmp_path, text)
    made = told("init", data=data)
    assert made["member"] == "w0" and LINK.fullmatch(made["link"])
    assert told("init", "--administrator", "w0", data=data)["member"] == "w0"
    assert "leave --name" in refused("init", "--name", "Other", data=data)
    assert "is nobody here" in refused("init", "--administrator", "Nobody", data=data)
    assert "Name one who is" in refused("init", "--administrator", "w1", data=data)


def test_init_without_an_administrator_asks_who_it_is(data: Path) -> None:
    assert "--administrator" in refused("init", data=data)


def test_an_invitation_is_for_a_member(data: Path) -> None:
    made = told("invite", "w0", data=data)
    assert made["member"] == "w0" and LINK.fullmatch(made["link"]) and made["expires_at"].endswith("Z")
    assert refused("invite", "nobody", data=data) == "no such member"
    told("suspend", "w0", data=data)
    assert refused("invite", "w0", data=data) == "This person is suspended. Lift the suspension first."


def test_an_enrolment_is_shown_as_a_picture_to_scan(data: Path) -> None:
    result = typed("enrol", "w0", "--label", "her phone", data=data)
    assert result.exit_code == 0 and "█" in result.stdout and LINK.search(result.stdout)
    assert LINK.fullmatch(told("enrol", "w0", data=data)["link"])


@pytest.mark.slow
def test_screens_are_set_up_at_places_that_there_are(tmp_path: Path) -> None:
    place = '\n[[place]]\nsite = "SITE"\nid = "console-3"\nname = "Console 3"\nkind = "room"\n'
    found = re.search(r'\[\[site\]\]\s*id = "([^"]+)"', SITE)
    assert found is not None
    site = found[1]
    data = applied(tmp_path, SITE + place.replace("SITE", site))
    made = told("desk", site, "console-3", "--label", "Left", data=data)
    assert (made["site"], made["place"], made["label"]) == (site, "console-3", "Left") and LINK.fullmatch(made["link"])
    assert refused("desk", site, "nowhere", data=data) == "There is no such place at this site."
    assert LINK.fullmatch(told("wallboard", site, data=data)["link"])
    assert refused("wallboard", "nowhere", data=data) == "There is no such site here."


def test_a_key_has_scopes_and_an_end(data: Path) -> None:
    made = told("key", "door system", "--scope", "raise", "--scope", "metrics", "--days", "30", data=data)
    assert made["scopes"] == ["raise", "metrics"] and made["key"].startswith("tocsin_")
    plain = typed("key", "door system", "--scope", "alerts", data=data)
    assert re.fullmatch(r"tocsin_[\w-]{43}\n", plain.stdout)
    assert refused("key", "  ", "--scope", "raise", data=data) == "Name the program that the key is for."


@pytest.mark.parametrize(
    "words",
    [
        ("key", "x"),
        ("key", "x", "--scope", "everything"),
        ("key", "x", "--scope", "raise", "--days", "366"),
        ("desk", "s"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told_as_such(words: tuple[str, ...], data: Path) -> None:
    result = typed(*words, data=data)
    assert result.exit_code == 2 and "Traceback" not in result.output


@pytest.mark.slow
def test_beside_a_running_server_the_links_are_its_own(data: Path) -> None:
    with serving(data, TOCSIN_SERVER__PUBLIC_URL="http://127.0.0.1:8000") as server:
        link = told("invite", "w0", data=server.data)["link"]
        assert urlsplit(link).hostname == "localhost", "passkeys refuse a bare address"
        assert told("key", "door system", "--scope", "raise", data=server.data)["key"]
    assert LINK.fullmatch(told("enrol", "w0", data=data)["link"])
