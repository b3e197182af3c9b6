"""A site file is read whole or refused whole, and every complaint has a line, an author and a way out."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tocsin.core.limits import FAULTS_TOLD_MAX, SITE_FILE_MAX_BYTES
from tocsin.core.words import Channel, Kind, Role
from tocsin.intake.sitefile import SiteFileWrong, read

GOOD = """[organisation]
id = "alder"
name = "Alder County Dispatch"
languages = ["en", "es"]

[[site]]
id = "centre"
name = "Dispatch Centre"
time_zone = "America/Chicago"
phone = "+12025550100"

[[place]]
site = "centre"
id = "lot-b"
name = "Lot B"
kind = "lot"

[[member]]
id = "noor"
name = "Noor Haddad"
roles = ["worker", "responder"]
duties = ["dispatcher"]
contacts = [
  { kind = "sms", to = "+1 202 555 0111", verified = true },
  { kind = "voice", to = "+12025550111", verified = true },  # The same phone; quotes, ] and } in a comment.
  { kind = "email", to = "noor@example.org", verified = true },
]

[[member]]
id = "teo"
name = "Teo Marsh"
roles = ["responder", "supervisor"]
language = "es"
contacts = [{ kind = "sms", to = "+12025550112", verified = true }]

[[member]]
id = "ines"
name = "Inés Corder"
roles = ["supervisor"]

[[member]]
id = "wale"
name = "Wale Ogun"
roles = ["coordinator"]
not_told_about = ["noor"]

[[shift]]
site = "centre"
members = ["noor", "teo"]
starts = 2026-11-22T19:00:00
ends = 2026-11-23T07:00:00-06:00

[[plan]]
site = "centre"
kind = "sos"
needed = 2

  [[plan.rung]]
  after_s = 0
  audience = ["on_shift"]
  channels = [["push", "sms"], ["voice"]]
  repeat_s = 30

  [plan.backstop]
  after_s = 90
  audience = ["member:teo", "member:ines", "member:wale"]

[[plan.script]]
site = "centre"
duty = "door"
language = "en"
text = \"\"\"Lock the north door.
Let nobody in but police.\"\"\"
"""


def refused(text: str | bytes) -> tuple[str, ...]:
    with pytest.raises(SiteFileWrong) as caught:
        read(text if isinstance(text, bytes) else text.encode(), "alder.toml")
    return caught.value.lines


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) >= 1, old
    return GOOD.replace(old, new, 1)


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if line.strip().startswith(start))


def test_a_good_file_becomes_the_organisation_it_describes() -> None:
    directory = read(GOOD.encode()).directory
    assert (directory.id, directory.languages, list(directory.members)) == (
        "alder",
        ("en", "es"),
        ["noor", "teo", "ines", "wale"],
    )
    assert [contact.to for contact in directory.members["noor"].contacts] == [
        "+12025550111",
        "+12025550111",
        "noor@example.org",
    ]
    assert directory.members["ines"].language == "en" and directory.members["teo"].roles == (
        Role.RESPONDER,
        Role.SUPERVISOR,
    )
    assert directory.members["wale"].not_told_about == ("noor",)


def test_the_backstop_is_the_last_rung() -> None:
    (plan,) = read(GOOD.encode()).directory.plans
    assert (plan.kind, plan.needed, [rung.after_s for rung in plan.rungs]) == (Kind.SOS, 2, [0, 90])
    assert plan.rungs[0].channels == ((Channel.PUSH, Channel.SMS), (Channel.VOICE,))
    assert plan.rungs[-1].audience == ("member:teo", "member:ines", "member:wale")
    assert plan.scripts[0].text == "Lock the north door.\nLet nobody in but police."


def test_a_time_without_a_zone_is_read_at_the_site() -> None:
    (shift,) = read(GOOD.encode()).directory.shifts
    assert shift.ends_ms - shift.starts_ms == 12 * 3_600_000
    assert shift.ends_ms == 1_795_438_800_000


def test_a_time_that_the_clock_change_makes_two_is_asked_about() -> None:
    text = changed("2026-11-22T19:00:00", "2026-11-01T01:30:00")
    assert refused(text)[0].startswith(f"alder.toml:{line_of(text, 'starts')}: starts falls where the clocks change")


def test_a_contact_keeps_its_id_and_the_id_does_not_tell_the_number() -> None:
    first, second = (read(GOOD.encode()).directory.members["noor"].contacts for _ in range(2))
    assert [contact.id for contact in first] == [contact.id for contact in second]
    assert not any("2025550111" in contact.id for contact in first)


def test_what_is_weak_is_told_and_not_refused() -> None:
    (warning,) = read(GOOD.encode(), "alder.toml").warnings
    line = line_of(GOOD, 'id = "teo"') - 1
    assert warning.startswith(f"alder.toml:{line}: the responder is half reachable; weak, not wrong; verify contacts")


WRONG = [
    ('name = "Lot B"', 'nmae = "Lot B"', "nmae", "unknown key 'nmae'; a mistake in this file; did you mean 'name'?"),
    ('"worker", "responder"', '"wroker", "responder"', "roles", "roles has the unknown word 'wroker'"),
    ('duties = ["dispatcher"]', 'duties = ["dispacher"]', "duties", "did you mean 'dispatcher'?"),
    ("needed = 2", "needed = 1", "[[plan]]", "needed is 1"),
    ("needed = 2", "needed = true", "needed", "needed must be a whole number"),
    ("after_s = 90", "after_s = 601", "[plan.backstop]", "after_s is 601"),
    ("after_s = 90", "after_s = 0", "[plan.backstop]", "the times run in a cycle"),
    ("repeat_s = 30", "repeat_s = 0", "[[plan.rung]]", "repeat_s is 0"),
    ('audience = ["on_shift"]', "audience = []", "[[plan.rung]]", "the rung is of nobody"),
    ('audience = ["on_shift"]', 'audience = ["role:auditor"]', "[[plan.rung]]", "the rung is of nobody"),
    ('audience = ["on_shift"]', 'audience = ["member:nor"]', "[[plan.rung]]", "unknown member 'nor'"),
    (', "member:wale"]', "]", "[plan.backstop]", "the backstop names 2 people"),
    ('"member:ines", "member:wale"', '"member:noor", "member:nobody"', "[plan.backstop]", "unknown member 'nobody'"),
    ('roles = ["responder", "supervisor"]', 'roles = ["wroker"]', "roles", "did you mean 'worker'?"),
    ("+12025550112", "+12025550111", "contacts = [{", "members noor and teo have one number"),
    ("+12025550112", "+1911", "contacts = [{", "to is an emergency number"),
    ("+12025550112", "2025550112", "contacts = [{", "'2025550112' is no telephone number"),
    ("noor@example.org", "noor at home", '{ kind = "email"', "'noor at home' is no e-mail address"),
    ('kind = "email"', 'kind = "push"', '{ kind = "push"', "it is enrolled from the phone itself"),
    ('id = "teo"', 'id = "noor"', 'id = "noor"', None),
    ('id = "teo"', 'id = "te/o"', 'id = "te/o"', "'te/o' is no id"),
    ("America/Chicago", "America/Chicgo", "time_zone", "did you mean 'America/Chicago'?"),
    ("America/Chicago", "../../etc/passwd", "time_zone", "is no time zone"),
    ("Noor Haddad", "Noor\\u202eHaddad", 'name = "Noor', "name holds the hidden or control sign U+202E"),
    ("Noor Haddad", "Noor\\u0000Haddad", 'name = "Noor', "name holds the hidden or control sign U+0000"),
    ("Noor Haddad", " ", 'name = " "', "name is blank"),
    ("Noor Haddad", "N" * 121, 'name = "N', "name is longer than 120 characters"),
    ('kind = "sos"', 'kind = "soss"', 'kind = "soss"', "did you mean 'sos'?"),
    ('kind = "lot"', 'kind = "field"', "[[place]]", "'field' is no kind of place"),
    ('["push", "sms"]', '["push", "smz"]', "channels", "did you mean 'sms'?"),
    ('["push", "sms"]', "7", "channels", "channels must be a list of texts"),
    ('members = ["noor", "teo"]', 'members = ["noor", 7]', "members", "members must be a list of texts"),
    ('site = "centre"\nmembers', 'site = "center"\nmembers', "[[shift]]", "unknown site 'center'"),
    ("ends = 2026-11-23T07", "ends = 2026-11-21T07", "[[shift]]", "the shift ends before it starts"),
    ('not_told_about = ["noor"]', 'not_told_about = ["wale"]', None, None),
    ('site = "centre"\nduty', 'site = "other"\nduty', None, None),
    ('languages = ["en", "es"]', 'languages = ["en", "Spanish"]', "languages", "'Spanish' is no language"),
    ("[plan.backstop]", "[[plan.rung]]", "[[plan]]", "backstop is missing"),
    ("[organisation]", "[organization]", None, None),
    ('starts = 2026-11-22T19:00:00', 'starts = "evening"', "starts", "starts must be a date with time and zone"),
    ("needed = 2", "needed = 99999999999999999999", "needed", "needed is beyond all measure"),
    ('[{ kind = "sms", to = "+12025550112", verified = true }]', "[7]", "contacts = [7]", "list of tables"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "start", "says"), WRONG)
def test_each_mistake_has_its_line_and_a_way_out(old: str, new: str, start: str | None, says: str | None) -> None:
    text = changed(old, new)
    lines = refused(text)
    assert all(line.startswith("alder.toml:") and line.count("; ") >= 2 and "\n" not in line for line in lines)
    if start is not None:
        expected = {number for number, line in enumerate(text.split("\n"), 1) if line.strip().startswith(start)}
        assert expected & {int(line.split(":")[1]) for line in lines}
    if says is not None:
        assert any(says in line for line in lines), lines


def test_all_mistakes_are_told_together_in_order_of_line() -> None:
    text = changed("needed = 2", "needed = 1").replace('name = "Lot B"', "name = 7").replace("Teo Marsh", "")
    numbers = [int(line.split(":")[1]) for line in refused(text)]
    assert len(numbers) == 3 and numbers == sorted(numbers)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (b"[organisation\n", 1, "this is no TOML"),
        (b'[organisation]\nid = "a\xff"\n', 2, "the text is not UTF-8"),
        (b'[organisation]\nid = "a"\nid = "b"\n', 3, "this is no TOML"),
        (b"a = " + b"[" * 50_000, 1, "nested without end"),
        (b"a = " + b"9" * 5_000, 1, "this is no TOML"),
        (b"", 1, "organisation is missing"),
        (b"[[organisation]]\n", 1, "organisation must be a table"),
        (b"site = 3\nmember = [3]\n", 1, "site must be a list of tables"),
    ],
)  # fmt: skip
def test_what_is_no_site_file_says_so(text: bytes, line: int, says: str) -> None:
    lines = refused(text)
    assert any(told.startswith(f"alder.toml:{line}: ") and says in told for told in lines), lines


def test_lines_are_counted_through_texts_of_several_lines() -> None:
    text = GOOD.replace("Let nobody", "[[place]]\nname = 7\n  Let nobody")
    text += '[[place]]\nsite = "centre"\nid = "x"\nname = 8\nkind = "lot"\n'
    assert refused(text)[0].startswith(f"alder.toml:{line_of(text, 'name = 8')}: name must be a text")


def test_a_file_of_any_size_is_refused_in_bounded_lines() -> None:
    many = "".join(f'[[place]]\nid = "p{number}"\n' for number in range(300))
    lines = refused(GOOD + many)
    assert len(lines) == FAULTS_TOLD_MAX + 1 and lines[-1].endswith("more faults like these")
    assert "larger than" in refused(b" " * (SITE_FILE_MAX_BYTES + 1))[0]


@given(st.binary(max_size=300))
@example(b"\x00")
@example(b"\xef\xbb\xbf[organisation]\r\n")
def test_random_bytes_get_lines_and_never_a_traceback(text: bytes) -> None:
    assert refused(text)


ATOMS = [
    "''",
    "'x'",
    "0",
    "-1",
    "true",
    "1.5",
    "nan",
    "07:32:00",
    "0001-01-01T00:00:00",
    "9999-12-31T23:59:59+00:00",
    "1979-05-27",
]
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="'", exclude_categories=("Cc", "Cs")), max_size=8)
VALUES = st.recursive(
    st.sampled_from(ATOMS) | st.integers().map(str) | TEXTS.map("'{}'".format),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]") | inner.map("{{ kind = {} }}".format)
    ),
    max_leaves=4,
)
KEYED = [
    number for number, line in enumerate(GOOD.split("\n")) if " = " in line and "{" not in line and '"""' not in line
]


@given(st.sampled_from(KEYED), VALUES)
def test_a_hostile_value_anywhere_is_a_fault_on_a_line_of_the_file_or_harmless(number: int, value: str) -> None:
    lines = GOOD.split("\n")
    lines[number] = f"{lines[number].partition(' = ')[0]} = {value}"
    try:
        tomllib.loads("\n".join(lines))
        read("\n".join(lines).encode(), "alder.toml")
    except tomllib.TOMLDecodeError:
        return
    except SiteFileWrong as wrong:
        assert all(1 <= int(line.split(":")[1]) <= len(lines) for line in wrong.lines)


@given(st.integers(0, len(GOOD)), st.integers(0, len(GOOD)))
def test_a_file_with_a_piece_torn_out_never_makes_a_traceback(start: int, end: int) -> None:
    try:
        read((GOOD[:start] + GOOD[end:]).encode(), "alder.toml")
    except SiteFileWrong as wrong:
        assert wrong.lines
