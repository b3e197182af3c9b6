"""A bad setting of the organisation's own sign-in turns that off, says why, and leaves passkeys as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tocsin.settings import Settings, load

GOOD = {
    "issuer": "https://login.example.org/realms/alder/",
    "client_id": "tocsin",
    "client_secret": "hush-hush",
}


def settings(tmp_path: Path, **changed: object) -> Settings:
    given = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}
    lines = "".join(f"{name} = {value!r}\n" for name, value in given.items())
    path = tmp_path / "tocsin.toml"
    path.write_text(f"[server]\ndata = '{tmp_path}'\n[sign_in.oidc]\n{lines}", encoding="utf-8")
    return load(path, {})


def of_sign_in(found: Settings) -> list[str]:
    return [problem.what for problem in found.problems if problem.part == "sign_in.oidc"]


def test_a_provider_that_is_set_up_names_members_by_their_address_unless_told_otherwise(tmp_path: Path) -> None:
    found = settings(tmp_path, private_networks=["10.0.5.0/24"])
    assert found.oidc is not None and of_sign_in(found) == []
    assert (found.oidc.issuer, found.oidc.claim) == ("https://login.example.org/realms/alder", "email")
    assert found.oidc.client_secret.reveal() == "hush-hush" and "hush" not in repr(found)


def test_where_nobody_asked_for_one_there_is_none_and_no_complaint(tmp_path: Path) -> None:
    found = load(None, {"TOCSIN_SERVER__DATA": str(tmp_path)})
    assert found.oidc is None and of_sign_in(found) == []


def test_the_secret_may_come_from_the_environment(tmp_path: Path) -> None:
    given = {f"TOCSIN_SIGN_IN__OIDC__{name.upper()}": value for name, value in GOOD.items()}
    found = load(None, {"TOCSIN_SERVER__DATA": str(tmp_path), **given})
    assert found.oidc is not None and found.oidc.client_secret.reveal() == "hush-hush"


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "http://login.example.org"},
        {"issuer": "login"},
        {"issuer": None},
        {"client_secret": None},
        {"client_id": ""},
        {"claim": ""},
        {"private_networks": ["10.0.5.1/24"]},
        {"private_networks": ["0.0.0.0/0"]},
        {"private_networks": ["everything"]},
    ],
)
def test_one_that_cannot_work_is_off_and_said(tmp_path: Path, changed: dict[str, object]) -> None:
    found = settings(tmp_path, **changed)
    assert found.oidc is None and of_sign_in(found)
    assert not any("hush" in what for what in of_sign_in(found))
