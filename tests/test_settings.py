"""A bad setting turns its own part off and says so; only data, port and master key stop a start."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.settings import SECTIONS, FatalSetting, PartProblem, Secret, Settings, every_setting, load
from tocsin.settings.secret_files import BadSecretFile, contents

SID, TOKEN, KEY = "AC" + "5a" * 16, "an-invented-token", "0f" * 32
GOOD = f"""[server]
public_url = "https://tocsin.example.org/"
port = 9000
data = "DATA"

[sms.twilio]
account_sid = "{SID}"
auth_token = "{TOKEN}"
from = ["+12025550190", "+1 202 555 0191"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tocsin.toml"
    path.write_text(GOOD.replace("DATA", str(tmp_path)), encoding="utf-8")
    return path


def changed(file: Path, old: str, new: str) -> Settings:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return load(file, {})


def test_a_good_file_has_no_problem(file: Path) -> None:
    found = load(file, {})
    assert found.problems == ()
    assert (found.server.public_url, found.server.port, found.server.sos_port_used) == (
        "https://tocsin.example.org",
        9000,
        9001,
    )
    assert found.twilio is not None and found.twilio.senders == ("+12025550190", "+12025550191")
    assert found.twilio.auth_token.reveal() == TOKEN


def test_without_a_file_there_are_defaults_and_the_truth_that_nobody_is_told(tmp_path: Path) -> None:
    found = load(None, {"TOCSIN_SERVER__DATA": str(tmp_path)})
    assert (found.server.port, found.server.host, found.twilio, found.heartbeat) == (8000, "127.0.0.1", None, None)
    assert [problem.part for problem in found.problems] == ["sms"]


@pytest.mark.parametrize("public_url", [{}, {"TOCSIN_SERVER__PUBLIC_URL": ""}])
def test_links_lead_to_the_port_that_is_served_unless_another_address_is_named(
    tmp_path: Path, public_url: dict[str, str]
) -> None:
    given = {"TOCSIN_SERVER__DATA": str(tmp_path), "TOCSIN_SERVER__PORT": "8123", **public_url}
    assert load(None, given).server.public_url == "http://localhost:8123"


def test_the_environment_overrules_the_file(file: Path) -> None:
    found = load(
        file,
        {"TOCSIN_SERVER__PORT": "9100", "TOCSIN_SMS__TWILIO__FROM": "+12025550195, ", "HOME": "/", "TOCSIN_X": "1"},
    )
    assert found.problems == ()
    assert found.server.port == 9100
    assert found.twilio is not None and found.twilio.senders == ("+12025550195",)


@pytest.mark.parametrize("from_environment", [True, False])
def test_a_secret_may_come_from_a_file_of_its_own(file: Path, tmp_path: Path, from_environment: bool) -> None:
    (tmp_path / "token").write_text("from-a-file\n", encoding="utf-8")
    if from_environment:
        found = load(file, {"TOCSIN_SMS__TWILIO__AUTH_TOKEN_FILE": str(tmp_path / "token")})
    else:
        found = changed(file, f'auth_token = "{TOKEN}"', f'auth_token_file = "{tmp_path / "token"}"')
    assert found.twilio is not None and found.twilio.auth_token.reveal() == "from-a-file"


@pytest.mark.parametrize(("mode", "is_exposed"), [(0o600, False), (0o440, False), (0o644, True), (0o604, True)])
def test_a_secret_in_a_file_that_everybody_may_read_is_told(
    file: Path, tmp_path: Path, mode: int, is_exposed: bool
) -> None:
    secret = tmp_path / "token"
    secret.write_text("from-a-file\n", encoding="utf-8")
    secret.chmod(mode)
    found = load(file, {"TOCSIN_SMS__TWILIO__AUTH_TOKEN_FILE": str(secret)})
    assert found.exposed == (("sms.twilio.auth_token_file",) if is_exposed else ())
    assert found.twilio is not None and found.problems == ()


def test_every_secret_may_come_in_each_of_four_ways(tmp_path: Path) -> None:
    """By its name or by the name of a file, in the settings file or in the environment."""
    (tmp_path / "secret").write_text("an-invented-secret", encoding="utf-8")
    secrets = [each.name for each in every_setting() if each.type == "secret"]
    assert len(secrets) > 5
    for name in secrets:
        section, _, key = name.rpartition(".")
        for word, value in ((key, "an-invented-secret"), (f"{key}_file", str(tmp_path / "secret"))):
            written = tmp_path / "tocsin.toml"
            written.write_text(f'[{section}]\n{word} = "{value}"\n', encoding="utf-8")
            variable = "TOCSIN_" + f"{section}.{word}".replace(".", "__").upper()
            for path, environ in ((written, {}), (None, {variable: value})):
                told = said_of(path, environ)
                assert "unknown" not in told and f"{key} is missing" not in told and "an-invented" not in told


def said_of(path: Path | None, environ: dict[str, str]) -> str:
    """All that is wrong, in one text."""
    try:
        return repr(load(path, environ))
    except FatalSetting as fatal:
        return str(fatal)


def test_a_secret_shows_itself_nowhere(file: Path) -> None:
    found = load(file, {"TOCSIN_SERVER__MASTER_KEY": KEY})
    assert TOKEN not in repr(found) and KEY not in repr(found)
    assert (
        TOKEN not in str(Secret(TOKEN))
        and Secret("a") == Secret("a") != Secret("b")
        and len({Secret("a"), Secret("a")}) == 1
    )
    broken = changed(file, TOKEN, "t\\u0000oken-with-nul")
    assert broken.twilio is None and "oken-with-nul" not in repr(broken)


BAD = [
    (f'account_sid = "{SID}"', 'account_sid = "AC…"', "sms.twilio", "account_sid is wrong", False),
    (f'auth_token = "{TOKEN}"', "", "sms.twilio", "auth_token is missing", False),
    (f'auth_token = "{TOKEN}"', "auth_token = 7", "sms.twilio", "auth_token is no secret", False),
    (f'auth_token = "{TOKEN}"', 'auth_token_file = "/nowhere"', "sms.twilio", "auth_token_file cannot be read", False),
    (f'auth_token = "{TOKEN}"', "auth_token_file = 7", "sms.twilio", "auth_token_file names no file", False),
    (f'auth_token = "{TOKEN}"', 'auth_token_file = "/dev/zero"', "sms.twilio", "auth_token_file is too large", False),
    ('from = ["+12025550190", "+1 202 555 0191"]', 'from = ["911"]', "sms.twilio", "no number to send from", False),
    ('from = ["+12025550190", "+1 202 555 0191"]', 'from = ["+19110000000"]', "sms.twilio", "no number to send", False),
    ('from = ["+12025550190", "+1 202 555 0191"]', "from = []", "sms.twilio", "from is wrong", False),
    ('from = ["+12025550190"', 'from = ["nobody"', "sms.twilio", "no number to send from", True),
    ("[sms.twilio]", '[sms.twilio]\nbase_url = "ftp://x"', "sms.twilio", "base_url is no web address", False),
    ("[sms.twilio]", '[sms.twilio]\nbase_url = "http://[::1"', "sms.twilio", "base_url is no web address", False),
    ("[sms.twilio]", '[sms.twilio]\nbase_url = "http://a.example"', "sms.twilio", "in the clear", False),
    ("[sms.twilio]", '[sms.twilio]\nbase_ulr = "https://x.example"', "sms.twilio", "unknown key 'base_ulr'", True),
    ("[sms.twilio]", '[sms]\nvendors = ["vonage"]\n[sms.twilio]', "sms.vonage", "it is not set up", False),
    ("[sms.twilio]", '[sms]\nvendors = ["twilo"]\n[sms.twilio]', "sms", "unknown vendor 'twilo'", False),
    ("[sms.twilio]", '[sms]\nvendors = ["twilio", "vonage"]\n[sms.twilio]', "sms.vonage", "it is not set up", True),
    ("[sms.twilio]", '[smss]\nx = 1\n[sms.twilio]', "smss", "unknown section 'smss'", True),
    ("[sms.twilio]", '[email]\nurl = "smtp://127.0.0.1:25"\n[sms.twilio]', "email", "from is missing", True),
    ("[sms.twilio]", '[voice.twilio]\nfrom = ["911"]\n[sms.twilio]', "voice.twilio", "no number to send from", True),
    ("[sms.twilio]", '[push]\nsubject = "it@example.org"\n[sms.twilio]', "push", "subject is wrong", True),
    ("[server]", '[push]\nsubject = "mailto:a@b.org"\nhosts = ["a b"]\n[server]', "push", "which is no host", True),
    ("[server]", '[push]\nsubject = "mailto:a@b.org"\nprivate_networks = ["x"]\n[server]', "push", "no network", True),
    ("[server]", "heartbeat = 7\n[server]", "heartbeat", "it is no table", True),
    ("[sms.twilio]", '[heartbeat]\nurl = "here"\n[sms.twilio]', "heartbeat", "url is no web address", True),
    ("[sms.twilio]", '[store]\nurl = "postgresql://db"\n[sms.twilio]', "store", "url is wrong", True),
    ("port = 9000", 'port = 9000\nhost = 7', "server.host", "host is wrong", True),
    ("port = 9000", 'port = 9000\nsos_port = 9000', "server.sos_port", "the same as port", True),
    ('"https://tocsin.example.org/"', '"tocsin.example.org"', "server.public_url", "is no web address", True),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "part", "what", "still_on"), BAD)
def test_a_bad_setting_turns_off_its_own_part_and_says_so(
    file: Path, old: str, new: str, part: str, what: str, still_on: bool
) -> None:
    found = changed(file, old, new)
    assert any(problem.part == part and what in problem.what for problem in found.problems), found.problems
    assert (found.twilio is not None) is still_on
    assert all(problem.remedy for problem in found.problems)


def test_an_unknown_key_comes_with_a_suggestion(file: Path) -> None:
    assert changed(file, "port = 9000", "port = 9000\npubic_url = 1").problems == (
        PartProblem("server", "unknown key 'pubic_url'", "did you mean 'public_url'?"),
    )


FATAL = [
    ("port = 9000", "port = 0", "server.port"),
    ("port = 9000", "port = 65536", "server.port"),
    ("port = 9000", 'port = "nine"', "server.port"),
    ("port = 9000", "port = true", "server.port"),
    ('data = "', 'data = ["', None),
    ('data = "', 'data = "\\u0000', "server.data"),
    ("port = 9000", 'port = 9000\nmaster_key = "short"', "server.master_key"),
    ("port = 9000", 'port = 9000\nmaster_key_file = "/dev/zero"', "server.master_key"),
    ("port = 9000", 'port = 9000\nmaster_key_file = 7', "server.master_key_file"),
    ("port = 9000", "port = = 9000", None),
    ("[server]", "[[server]]", "server: it is no table"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "named"), FATAL)
def test_only_data_port_and_master_key_stop_a_start(file: Path, old: str, new: str, named: str | None) -> None:
    with pytest.raises(FatalSetting) as stopped:
        changed(file, old, new)
    assert (named or str(file)) in str(stopped.value) and "\n" not in str(stopped.value)


def test_a_variable_that_is_too_long_is_told_and_its_neighbour_is_read(file: Path) -> None:
    found = load(file, {"TOCSIN_PUSH__SUBJECT": "mailto:it@example.org", "TOCSIN_HEARTBEAT__URL": "x" * 5_000})
    assert [problem.part for problem in found.problems] == ["heartbeat"]
    assert found.push is not None and "fcm.googleapis.com" in found.push.hosts


def test_the_second_port_is_never_the_first(file: Path) -> None:
    assert changed(file, "port = 9000", "port = 65535").server.sos_port_used == 65534
    assert changed(file, "port = 65535", "port = 9000\nsos_port = 9000").server.sos_port_used == 9001


def test_data_of_another_kind_is_fatal_and_so_is_a_file_that_cannot_be_read(file: Path, tmp_path: Path) -> None:
    with pytest.raises(FatalSetting, match=r"server\.data"):
        changed(file, f'data = "{tmp_path}"', "data = 7")
    for path in (tmp_path / "absent.toml", tmp_path):
        with pytest.raises(FatalSetting, match="cannot be read"):
            load(path, {})


def test_the_master_key_is_read_from_its_file_and_made_later_where_there_is_none(file: Path, tmp_path: Path) -> None:
    assert load(file, {}).server.master_key is None
    path = load(file, {}).server.master_key_path
    assert path == tmp_path / "master.key"
    path.write_text(KEY + "\n", encoding="utf-8")
    assert load(file, {}).server.master_key == Secret(KEY)
    path.write_text("spoilt", encoding="utf-8")
    with pytest.raises(FatalSetting, match="64 hexadecimal digits"):
        load(file, {})


def test_every_setting_has_a_name_a_type_and_one_sentence() -> None:
    lines = every_setting()
    assert {line.name.rpartition(".")[0] for line in lines} == set(SECTIONS)
    assert all(line.type and line.sentence.endswith(".") for line in lines)
    assert len({line.name for line in lines}) == len(lines)


NAMES = st.sampled_from([line.name.replace(".", "__").upper() for line in every_setting()]) | st.text(max_size=12)


@given(st.dictionaries(NAMES.map("TOCSIN_{}".format), st.text(max_size=40), max_size=4))
def test_any_environment_gives_settings_or_one_clear_line(environ: dict[str, str]) -> None:
    try:
        assert isinstance(load(None, environ), Settings)
    except FatalSetting as stopped:
        assert "\n" not in str(stopped) and ";" in str(stopped)


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_as_a_file_give_settings_or_one_clear_line(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "random.toml"
    path.write_bytes(text)
    try:
        assert isinstance(load(path, {}), Settings)
    except FatalSetting as stopped:
        assert "\n" not in str(stopped)


VALUES = [
    "7",
    "true",
    "[]",
    "{}",
    "[[1]]",
    "{ x = 1 }",
    "''",
    "'http://[x'",
    "1979-05-27",
    "nan",
    "'\\u202e'",
    "[7]",
    "-1",
]


@given(st.sampled_from([line.name for line in every_setting()]), st.sampled_from(VALUES), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_hostile_value_under_any_name_is_a_problem_or_fatal(
    tmp_path: Path, name: str, value: str, file: bool
) -> None:
    path = tmp_path / "hostile.toml"
    path.write_text(f"{name}{'_file' if file else ''} = {value}\n", encoding="utf-8")
    try:
        assert isinstance(load(path, {}), Settings)
    except FatalSetting as stopped:
        assert "\n" not in str(stopped)


def test_a_secret_in_a_pipe_that_nobody_writes_to_holds_up_no_start(tmp_path: Path) -> None:
    pipe = tmp_path / "secret"
    os.mkfifo(pipe)
    with pytest.raises(BadSecretFile, match="auth_token_file is a pipe"):
        contents(str(pipe), "auth_token")
