"""Every verb explains itself, fails with words and a status, and works beside a stopped server."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from line import SITE, told, typed
from typer.main import get_command

from tocsin.bench.ways_in import MAKE, new_tokens, now_ms, write
from tocsin.cli import app
from tocsin.core.access.words import Via
from tocsin.runtime.passes import Passes
from tocsin.runtime.recall import load_world, world_of
from tocsin.store.beside import beside


def verbs() -> list[tuple[str, ...]]:
    """Every verb and every verb of a group, as it is typed."""
    found: list[tuple[str, ...]] = []

    def walk(command: object, path: tuple[str, ...]) -> None:
        for name, inner in getattr(command, "commands", {}).items():
            found.append((*path, name))
            walk(inner, (*path, name))

    walk(get_command(app), ())
    return found


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with an organisation in it, and no server."""
    apply(tmp_path / "data", tmp_path, SITE)
    return tmp_path / "data"


def apply(data: Path, folder: Path, text: str) -> list[str]:
    file = folder / "site.toml"
    file.write_text(text)
    return list(told("apply", str(file), data=data)["changed"])


@pytest.mark.parametrize("verb", verbs(), ids=" ".join)
def test_every_verb_has_a_help_with_an_example(verb: tuple[str, ...]) -> None:
    result = typed(*verb, "--help")
    assert result.exit_code == 0
    if verb != ("bench",):  # A group without an act of its own.
        assert f"tocsin {' '.join(verb)}" in re.sub(r"\s+", " ", result.output.split("Example:")[1])


def test_the_verbs_of_the_design_are_there() -> None:
    wanted = "serve apply demo drill doctor export restore revoke token sim bench pins suspend reinstate"
    assert {verb[0] for verb in verbs()} >= set(wanted.split())


@pytest.mark.parametrize(
    "words",
    [
        ("ring",),
        ("token",),
        ("apply",),
        ("apply", "no-such-file.toml"),
        ("restore", "no-such-file.db"),
        ("serve", "--port", "0"),
        ("serve", "--port", "many"),
        ("export",),
        ("sim", "--seeds", "0"),
        ("bench", "fanout", "--recipients", "1"),
        ("doctor", "--loud"),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(words: tuple[str, ...]) -> None:
    result = typed(*words)
    assert result.exit_code == 2 and "Traceback" not in result.output


def test_apply_twice_changes_nothing_the_second_time(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert "organisation bench: new" in apply(data, tmp_path, SITE)
    assert apply(data, tmp_path, SITE) == []
    again = typed("apply", str(tmp_path / "site.toml"), data=data)
    assert (again.exit_code, again.stdout) == (0, "Nothing changed.\n")


def test_apply_says_what_it_changed(data: Path, tmp_path: Path) -> None:
    changed = apply(data, tmp_path, SITE.replace("Colleague 1", "Colleague One").replace("Bench County", "Bench"))
    assert changed == ["member c1: changed", "name: changed"]


def test_apply_of_a_wrong_file_names_its_lines_and_changes_nothing(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(SITE.replace("needed = 2", "needed = 1").replace('id = "w0"', 'id = "w0"\ncolour = "red"'))
    result = typed("apply", str(file), data=data)
    lines = result.stderr.splitlines()
    assert result.exit_code == 1 and len(lines) == 2
    assert all(re.match(re.escape(str(file)) + r":\d+: ", line) for line in lines), lines
    assert apply(data, tmp_path, SITE) == []


def test_a_data_directory_belongs_to_one_organisation(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text(SITE.replace('id = "bench"', 'id = "other"'))
    result = typed("apply", str(file), data=data)
    assert result.exit_code == 1 and "'bench'" in result.stderr


def test_a_token_is_new_each_time_and_can_be_revoked(data: Path) -> None:
    one, two = told("token", "w0", data=data), told("token", "w0", data=data)
    assert one["member"] == "w0" and one["token"] != two["token"]
    assert typed("token", "w0", data=data).stdout.strip() not in (one["token"], two["token"], "")
    assert len(told("revoke", one["token"], data=data)["revoked"]) == 1
    assert len(told("revoke", "w0", data=data)["revoked"]) == 3


def test_before_there_is_an_organisation_verbs_say_how_to_begin(tmp_path: Path) -> None:
    result = typed("token", "w0", data=tmp_path / "data")
    assert result.exit_code == 1 and "tocsin apply FILE" in result.stderr


@pytest.mark.parametrize("verb", ["token", "revoke", "suspend", "reinstate"])
def test_nobody_knows_a_stranger(verb: str, data: Path) -> None:
    result = typed(verb, "nobody", data=data)
    assert (result.exit_code, result.stderr) == (1, "no such member\n")


def test_pins_are_set_from_standard_input_and_never_printed(data: Path) -> None:
    result = typed("pins", "w0", data=data, stdin="4071\n8265\n")
    assert result.exit_code == 0 and "4071" not in result.output
    assert told("pins", "w0", data=data, stdin="5178 9376")["member"] == "w0"


@pytest.mark.parametrize("lines", ["", "4071", "4071\n8265\n1", "4071\n4071", "4071\n4072", "12\n8265", "abcd\n8265"])
def test_pins_that_will_not_do_are_refused(data: Path, lines: str) -> None:
    result = typed("pins", "w0", data=data, stdin=lines)
    assert result.exit_code == 1 and result.stderr and "Traceback" not in result.output


@pytest.mark.parametrize("via", MAKE)
def test_a_token_of_any_kind_is_revoked(data: Path, via: Via) -> None:
    token = new_tokens(1)[0]
    write(data, [MAKE[via](token, "w0")])
    first, again = told("revoke", token, data=data), told("revoke", token, data=data)
    assert first == again and len(first["revoked"]) == 1 and first["waiting"] == []


def test_all_that_lets_a_member_in_is_revoked_at_once(data: Path) -> None:
    write(data, [MAKE[Via.SESSION](token, "w0") for token in new_tokens(2)])
    told("token", "w0", data=data)
    assert len(told("revoke", "w0", data=data)["revoked"]) == 3


def test_suspend_and_reinstate(data: Path) -> None:
    assert told("suspend", "c1", data=data) == {"member": "c1", "suspended": True, "waiting": False}
    assert told("reinstate", "c1", data=data) == {"member": "c1", "suspended": False, "waiting": False}


def test_a_drill_needs_the_running_server(data: Path) -> None:
    result = typed("drill", data=data)
    assert result.exit_code == 1 and "tocsin serve" in result.stderr


# Doctor, export, restore -----------------------------------------------------------------------------------------


def test_doctor_finds_who_cannot_be_reached_and_exits_with_1(data: Path) -> None:
    result = typed("doctor", "--json", data=data)
    assert result.exit_code == 1 and '"ok": false' in result.stdout.splitlines()[-1]
    assert "member w0 cannot be reached" in result.stdout


def test_doctor_names_a_part_that_is_off(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_SMS__TWILIO__BASE_URL", "no address")
    result = typed("doctor", data=data)
    assert result.exit_code == 1 and "is off" in result.stdout


def test_doctor_of_an_empty_directory_says_so(tmp_path: Path) -> None:
    result = typed("doctor", data=tmp_path / "data")
    assert "warning no_organisation: there is no organisation yet. Run tocsin apply FILE." in result.stdout


def test_an_old_backup_brings_nobody_back(data: Path, tmp_path: Path) -> None:
    """Restored with and without the directory that it replaces, which knows who was suspended since."""
    session, key = new_tokens(2)
    write(data, [MAKE[Via.SESSION](session, "c1"), MAKE[Via.KEY](key, "c1")])
    phone, lost = (told("token", who, data=data)["token"] for who in ("c1", "w0"))
    backup = str(tmp_path / "backup.db")
    told("export", "--backup", backup, data=data)
    told("suspend", "c1", data=data)
    told("revoke", lost, data=data)
    fresh, blind = tmp_path / "fresh", tmp_path / "blind"
    restored = told("restore", backup, "--replacing", str(data), data=fresh)
    assert (restored["replayed"], restored["suspended"]) == (True, ["c1"])
    assert reads(fresh, session) == reads(fresh, key) == reads(fresh, phone) == reads(fresh, lost) is False
    restored = told("restore", backup, "--replacing", str(tmp_path), data=blind)
    assert (restored["replayed"], restored["suspended"]) == (False, [])
    assert reads(blind, session) == reads(blind, key) is False
    assert reads(blind, lost) is True, "nobody could tell"
    assert "warning restored: " in typed("doctor", data=blind).stdout
    assert "check restored: " in typed("doctor", data=fresh).stdout


def reads(data: Path, token: str) -> bool:
    """Is this token worth more than a call for help?"""
    with beside(str(data / "tocsin.db")) as store:
        world = world_of(store, {})
        load_world(store, world)
        found = Passes(SimpleNamespace(world=world, clock=SimpleNamespace(now_ms=now_ms))).of(token)
        assert found is not None, "whatever was issued still calls for help"
        return not found.raise_only


def test_a_backup_is_restored_into_an_empty_directory_and_nowhere_else(data: Path, tmp_path: Path) -> None:
    token = told("token", "w0", data=data)["token"]
    backup = tmp_path / "backup.db"
    assert told("export", "--backup", str(backup), data=data) == {"file": str(backup)}
    twice = typed("export", "--backup", str(backup), data=data)
    assert twice.exit_code == 1 and "never overwritten" in twice.stderr
    fresh = tmp_path / "fresh"
    assert told("restore", str(backup), data=fresh)["file"].startswith(str(fresh))
    assert len(told("revoke", token, data=fresh)["revoked"]) == 1
    again = typed("restore", str(backup), data=data)
    assert again.exit_code == 1 and "nothing was changed" in again.stderr
    never = "warning backup_old: no backup was ever made. Run tocsin export, every night.\n"
    found = [line for line in typed("doctor", data=fresh).stdout.splitlines(keepends=True) if " restored: " not in line]
    assert sorted(found) == sorted([*typed("doctor", data=data).stdout.splitlines(keepends=True), never])


def test_what_is_no_backup_is_not_restored(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir or Madam, " * 100)
    result = typed("restore", str(file), data=tmp_path / "fresh")
    assert result.exit_code == 1 and "Traceback" not in result.output
    assert not (tmp_path / "fresh" / "tocsin.db").exists()


# Places and settings that will not do ----------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [("token", "w0"), ("doctor",), ("serve",)], ids=" ".join)
def test_a_data_directory_that_cannot_be_is_refused_with_words(verb: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = typed(*verb, data=tmp_path / "file" / "data")
    assert result.exit_code == 1 and "--data" in result.stderr and "Traceback" not in result.output


@pytest.mark.parametrize("verb", [("token", "w0"), ("serve",)], ids=" ".join)
def test_a_store_that_is_none_is_refused_with_words(verb: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "tocsin.db").write_bytes(b"not a store at all " * 500)
    result = typed(*verb, data=tmp_path)
    assert result.exit_code == 1 and "Tocsin store" in result.stderr and "Traceback" not in result.output


def test_a_settings_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = typed("doctor", "--config", str(tmp_path / "absent.toml"), data=tmp_path)
    assert result.exit_code == 1 and "absent.toml" in result.stderr
