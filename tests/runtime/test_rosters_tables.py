"""Rosters as tables: whatever a spreadsheet writes is read, and what cannot be read is named with its line."""

from __future__ import annotations

import pytest

from paper_roster import NOW, at, nothing, reading, who, whys
from tocsin.core.limits import ROSTER_FILE_MAX_BYTES
from tocsin.runtime.rosters.shapes import No, Person, Why

DAY = [(("noor",), "11-03 07:00", "11-03 19:00")]
HEAD = "member,date,start,end\n"


@pytest.mark.parametrize(
    "text",
    [
        "member,starts,ends\nnoor,2026-11-03 07:00,2026-11-03 19:00\n",
        "MEMBER ; STARTS ; ENDS\r\nNoor Invented;2026-11-03T07:00:00;2026-11-03T19:00:00\r\n",
        "sep=;\nMiembro;Fecha;Inicio;Fin\nNOOR;3.11.2026;7:00;19:00\n",
        "name\tdate\tfrom\tto\n  noor   INVENTED \t2026/11/03\t7am\t7 p.m.\n",
        "correo|día|entrada|salida\nnoor@EXAMPLE.org|03.11.26|7:00 a. m.|7:00 p. m.\n",
        "phone,date,start,end\n+1 202 555 0110,20261103,0700,1900\n",
        "name,email,date,start,end\nsomebody,noor@example.org,2026-11-03,7h,19h\n",
        "member,starts,ends\nnoor,2026-11-03T13:00Z,2026-11-03T20:00-05:00\n",
        'remark,member,date,start,end\n"over\nlines, and ""quoted""",noor,2026-11-03,07:00,19:00\n',
        '\n\nname,date,start,end\n\n"Invented, Noor",2026-11-03,07:00,19:00\n,,,\n',
        "site,name,date,start,end\nDispatch centre,noor,2026-11-03,07:00,19:00\n",
        "name,start date,start time,end date,end time\nnoor,2026-11-03,07:00,2026-11-03,19:00\n",
    ],
)
def test_a_table_is_read_however_it_is_written(text: str) -> None:
    told = reading(text)
    assert (who(told), told.unread, told.noted) == (DAY, (), ())


def test_the_encoding_and_the_separator_are_found_out_and_said() -> None:
    text = "nombre;fecha;inicio;fin\nTeo Núñez;2026-11-03;07:00;19:00\n"
    for encoding, said in (("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "windows-1252")):
        told = reading(text.encode(encoding))
        assert (told.encoding, told.separator, told.kind) == (said, ";", "table")
        assert [shift.members for shift in told.shifts] == [("teo",)]


def test_an_end_that_is_not_later_is_on_the_next_day_where_it_has_no_day_of_its_own() -> None:
    told = reading(f"{HEAD}noor,2026-11-03,19:00,07:00\nteo,2026-11-03,07:00,07:00\nines,2026-11-03,16:00,24:00\n")
    assert who(told) == [
        (("teo",), "11-03 07:00", "11-04 07:00"),
        (("ines",), "11-03 16:00", "11-04 00:00"),
        (("noor",), "11-03 19:00", "11-04 07:00"),
    ]
    slip = reading("member,starts,ends\nnoor,2026-11-03 19:00,2026-11-03 07:00\n")
    assert (slip.shifts, whys(slip.unread)) == ((), [(2, Why.ENDS_FIRST)])


def test_whose_times_overlap_is_on_for_all_of_them_and_once() -> None:
    told = reading(f"{HEAD}noor,2026-11-03,07:00,15:00\nnoor,2026-11-03,12:00,19:00\nteo,2026-11-03,07:00,19:00\n")
    assert who(told) == [(("noor", "teo"), "11-03 07:00", "11-03 19:00")]
    assert told.entries == 3


def test_a_time_that_comes_twice_or_never_is_named_and_makes_the_cover_longer() -> None:
    twice = reading(f"{HEAD}noor,2026-11-01,01:30,08:00\nteo,2026-10-31,17:00,01:30\n")
    first, second = sorted(twice.shifts, key=lambda shift: shift.members)
    assert first.ends_ms - first.starts_ms == 7.5 * 3_600_000  # From the first half past one.
    assert second.ends_ms - second.starts_ms == 9.5 * 3_600_000  # Until the second.
    assert whys(twice.noted) == [(2, Why.STARTS_TWICE), (3, Why.ENDS_TWICE)]
    never = reading(f"{HEAD}noor,2027-03-14,02:30,08:00\nteo,2027-03-13,20:00,02:30\n")
    assert who(never) == [(("teo",), "03-13 20:00", "03-14 03:30"), (("noor",), "03-14 01:30", "03-14 08:00")]
    assert whys(never.noted) == [(2, Why.STARTS_NEVER), (3, Why.ENDS_NEVER)]


def test_a_shift_over_the_change_of_the_clocks_lasts_as_long_as_it_does() -> None:
    told = reading(f"{HEAD}noor,2026-10-31,19:00,07:00\n")
    assert told.shifts[0].ends_ms - told.shifts[0].starts_ms == 13 * 3_600_000 and told.noted == ()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (",2026-11-03,07:00,19:00", Why.NO_PERSON),
        ("Nobody Known,2026-11-03,07:00,19:00", Why.UNKNOWN_PERSON),
        ("Ana Twice,2026-11-03,07:00,19:00", Why.TWO_OF_ONE_NAME),
        ("noor,2026-11-03,,19:00", Why.NO_START),
        ("noor,2026-11-03,07:00,", Why.NO_END),
        ("noor,,07:00,19:00", Why.NO_START),
        ("noor,2026-11-03,soon,19:00", Why.NOT_A_TIME),
        ("noor,2026-11-03,25:00,19:00", Why.NOT_A_TIME),
        ("noor,2026-11-03,07:61,19:00", Why.NOT_A_TIME),
        ("noor,2026-11-03,13 pm,19:00", Why.NOT_A_TIME),
        ("noor,2026-11-03,07:00+25:00,19:00", Why.NOT_A_TIME),
        ("noor,2026-11-31,07:00,19:00", Why.NO_SUCH_DAY),
        ("noor,9999-12-31,07:00,07:00", Why.NO_SUCH_DAY),
        ("noor,3/11/2026,07:00,19:00", Why.DAY_OR_MONTH),
        ("noor,2026-11-03,07:00,2026-12-03 07:00", Why.TOO_LONG),
        ("noor,2036-11-03,07:00,19:00", Why.TOO_FAR_AHEAD),
        ("noor,2026-11-03,07:00,2026-11-03", Why.NO_END),
        ("no\0or,2026-11-03,07:00,19:00", Why.NOT_TEXT),
        ("noor,2026-11-03,07:00,19:00," + "x" * 1_000_000, Why.LONG_LINE),
        ('"noor,2026-11-03,07:00,19:00', Why.OPEN_QUOTE),
        ("\u202enoor\u202e\t,x,y,z", Why.UNKNOWN_PERSON),
    ],
)
def test_a_line_that_cannot_be_read_costs_itself_and_nothing_else(line: str, why: Why) -> None:
    told = reading(f"{HEAD}{line}\nnoor,2026-11-03,07:00,19:00\n")
    assert whys(told.unread) == [(2, why)]
    assert who(told) == DAY
    assert all(one.what and one.what.isprintable() and len(one.what) <= 80 for one in told.unread)


def test_the_file_as_a_whole_tells_which_number_is_the_day() -> None:
    told = reading(f"{HEAD}noor,3/11/2026,07:00,19:00\nnoor,30/11/2026,07:00,19:00\n")
    assert [entry[1] for entry in who(told)] == ["11-03 07:00", "11-30 07:00"]
    told = reading(f"{HEAD}noor,11-03-2026,07:00,19:00\nnoor,11-30-2026,07:00,19:00\n")
    assert [entry[1] for entry in who(told)] == ["11-03 07:00", "11-30 07:00"]
    both = reading(f"{HEAD}noor,30/11/2026,07:00,19:00\nnoor,11/30/2026,07:00,19:00\n")
    assert whys(both.unread) == [(2, Why.DAY_OR_MONTH), (3, Why.DAY_OR_MONTH)]
    assert who(reading(f"{HEAD}noor,3/11/2026,07:00,19:00\n", day_first=True)) == DAY
    assert who(reading(f"{HEAD}noor,11/3/26,07:00,19:00\n", day_first=False)) == DAY


def test_what_is_for_another_site_is_left_to_it() -> None:
    told = reading("site,name,date,start,end\nNorth,noor,2026-11-03,07:00,19:00\n")
    assert (told.shifts, whys(told.unread)) == ((), [(2, Why.OTHER_SITE)])


def test_what_is_over_is_counted_and_left_alone() -> None:
    told = reading(f"{HEAD}noor,2026-10-29,07:00,19:00\nteo,2026-10-30,07:00,19:00\n")
    assert told.over == 1 and who(told) == [(("teo",), "10-30 07:00", "10-30 19:00")]
    assert told.shifts[0].starts_ms < NOW < at("2026-10-30T19:00")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", No.EMPTY),
        (b" \r\n\t\n", No.EMPTY),
        (b"sep=;\n", No.EMPTY),
        (b"hello\nworld\n", No.NO_HEADING),
        (b"name,date\nnoor,2026-11-03\n", No.NO_HEADING),
        (b"\xff\xfe\x00\xd8\x00\xd8", No.NOT_TEXT),
        (b"\x00\x01\xff" * 100, No.NOT_TEXT),
        (b"PK\x03\x04\x00\x00\x00\xff\x00", No.NOT_TEXT),
        (b"x" * (ROSTER_FILE_MAX_BYTES + 1), No.TOO_LARGE),
        (b"x" * 1_000_000, No.NO_HEADING),
    ],
)
def test_what_is_no_roster_at_all_is_refused_as_a_whole(content: bytes, why: No) -> None:
    assert nothing(content).why is why


def test_a_site_in_a_zone_that_nobody_knows_reads_nothing() -> None:
    assert nothing(f"{HEAD}noor,2026-11-03,07:00,19:00\n", time_zone="Middle/Earth").why is No.NO_ZONE


def test_two_people_of_one_address_or_name_are_nobody_but_each_is_found_by_id() -> None:
    twins = (Person("one", "Ana Twice", ("ana@example.org",)), Person("two", "Ana Twice", ("ana@example.org",)))
    lines = "ana@example.org,2026-11-03,07:00,19:00\ntwo,2026-11-03,07:00,19:00\n"
    told = reading(HEAD + lines, people=twins)
    assert [shift.members for shift in told.shifts] == [("two",)]
    assert whys(told.unread) == [(2, Why.UNKNOWN_PERSON)]
