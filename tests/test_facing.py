"""Beyond its own machine the server listens only where what people send is encrypted on its way."""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme

from tocsin.settings import Settings, load


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate and its key, as files."""
    folder = tmp_path_factory.mktemp("pair")
    made = trustme.CA().issue_cert("tocsin.example.org")
    made.private_key_pem.write_to_path(folder / "key.pem")
    for part in made.cert_chain_pems:
        part.write_to_path(folder / "chain.pem", append=True)
    return str(folder / "chain.pem"), str(folder / "key.pem")


def faced(tmp_path: Path, **more: str) -> Settings:
    given = {"server__host": "0.0.0.0", "server__public_url": "https://tocsin.example.org", **more}  # noqa: S104
    given = {f"TOCSIN_{name.upper()}": value for name, value in given.items() if value}
    return load(None, {**given, "TOCSIN_SERVER__DATA": str(tmp_path)})


def said(settings: Settings, part: str) -> str:
    return next((problem.what for problem in settings.problems if problem.part == part), "")


def tls(pair: tuple[str, str]) -> dict[str, str]:
    return {"server__tls__certificate": pair[0], "server__tls__private_key": pair[1]}


def test_with_a_certificate_of_its_own_it_serves_the_network(tmp_path: Path, pair: tuple[str, str]) -> None:
    settings = faced(tmp_path, **tls(pair))
    assert settings.server.host == "0.0.0.0" and settings.tls is not None  # noqa: S104
    assert not said(settings, "server.host") and not said(settings, "server.tls")


def test_behind_a_proxy_that_has_one_it_does_too(tmp_path: Path) -> None:
    settings = faced(tmp_path, server__behind_proxy="true")
    assert settings.server.host == "0.0.0.0" and not said(settings, "server.host")  # noqa: S104


@pytest.mark.parametrize(
    ("more", "because"),
    [
        ({}, "nothing would encrypt what people send"),
        ({"server__behind_proxy": "false"}, "nothing would encrypt what people send"),
        (
            {"server__behind_proxy": "true", "server__public_url": "http://tocsin.example.org"},
            "public_url is not https",
        ),
        ({"server__host": "::"}, "nothing would encrypt"),
        ({"server__host": "tocsin.example.org"}, "nothing would encrypt"),
        ({"server__tls__certificate": "/nowhere", "server__tls__private_key": "/nowhere"}, "nothing would encrypt"),
    ],
)
def test_otherwise_it_starts_on_this_machine_only_and_says_why(
    tmp_path: Path, more: dict[str, str], because: str
) -> None:
    settings = faced(tmp_path, **more)
    assert settings.server.host == "127.0.0.1"
    assert said(settings, "server.host").startswith("not served to the network because " + because)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.2"])
def test_this_machine_alone_needs_nothing(tmp_path: Path, host: str) -> None:
    settings = faced(tmp_path, server__host=host, server__public_url="")
    assert settings.server.host == host and not said(settings, "server.host")


def test_a_certificate_of_another_key_is_refused_in_words(tmp_path: Path, pair: tuple[str, str]) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().issue_cert("tocsin.example.org").private_key_pem.write_to_path(other)
    settings = faced(tmp_path, **tls((pair[0], str(other))))
    assert settings.tls is None and "they do not belong together" in said(settings, "server.tls")
    assert settings.server.host == "127.0.0.1"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_refused_in_words(tmp_path: Path, pair: tuple[str, str], content: bytes) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_bytes(content)
    for given in ((str(wrong), pair[1]), (pair[0], str(wrong)), (str(tmp_path), pair[1])):
        assert "cannot be" in said(faced(tmp_path, **tls(given)), "server.tls")


def test_half_a_pair_is_none(tmp_path: Path, pair: tuple[str, str]) -> None:
    settings = faced(tmp_path, server__tls__certificate=pair[0])
    assert settings.tls is None and "private_key is missing" in said(settings, "server.tls")
