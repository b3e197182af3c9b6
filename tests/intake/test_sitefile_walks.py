"""How long a site waits for whoever is on a walk, as its file says it."""

from __future__ import annotations

import pytest
from test_sitefile_besides import site as written

from tocsin.core.limits import WALK_GRACE_S, WALK_REMIND_S
from tocsin.intake.sitefile import SiteFileWrong, read


def file_with(lines: str) -> bytes:
    text = written('{ kind = "sms", to = "+12025550111", verified = true }')
    return text.replace('time_zone = "UTC"\n', f'time_zone = "UTC"\n{lines}\n').encode()


def test_a_site_that_says_nothing_of_walks_has_the_usual_times() -> None:
    site = read(file_with("")).directory.sites["centre"]
    assert (site.walk_grace_s, site.walk_remind_s) == (WALK_GRACE_S, WALK_REMIND_S)


def test_a_site_says_how_long_it_waits_for_somebody_on_a_walk() -> None:
    site = read(file_with("walk_grace_s = 15\nwalk_remind_s = 900")).directory.sites["centre"]
    assert (site.walk_grace_s, site.walk_remind_s) == (15, 900)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("walk_grace_s = 14", "walk_grace_s is 14; a mistake in this file; use 15 to 300 seconds"),
        ("walk_grace_s = 301", "walk_grace_s is 301; a mistake in this file; use 15 to 300 seconds"),
        ("walk_remind_s = 29", "walk_remind_s is 29; a mistake in this file; use 30 to 900 seconds"),
        ("walk_remind_s = 901", "walk_remind_s is 901; a mistake in this file; use 30 to 900 seconds"),
    ],
)
def test_a_time_of_walks_out_of_range_is_refused(line: str, says: str) -> None:
    with pytest.raises(SiteFileWrong) as wrong:
        read(file_with(line))
    assert [told for told in wrong.value.lines if says in told], wrong.value.lines
