"""The house checks itself; and of each rule it is shown that it can fail, and what it lets pass."""

from __future__ import annotations

import pytest
from tidy import RULES, Source, dead_files, findings, sources


def test_the_house_is_tidy() -> None:
    # No file is kept when it was looked at: the trees of all would take 300 MB for as long as the tests run.
    found = [finding for source in sources() for finding in findings(source)]
    assert not found, "\n".join(found)


def test_no_file_lies_about_that_nobody_imports() -> None:
    dead = dead_files(sources())
    assert not dead, "\n".join(dead)


def test_the_walk_through_the_house_sees_its_rooms() -> None:
    paths = {source.path for source in sources()}
    assert {"Makefile", ".ci/run", "requirements.lock", "src/tocsin/ports.py", "tests/test_tidy.py"} <= paths
    assert not any("node_modules" in path or ".venv" in path for path in paths)


CORE, TEST, TOOL = "src/tocsin/core/x.py", "tests/test_x.py", "tools/x.py"
ARABIC_MARK, NUL = "\u202e", "\x00"
UNTIDY = [
    ("banned_call", CORE, "import time\nnow = time.time()\n"),
    ("banned_call", CORE, "from time import monotonic as tick\nnow = tick()\n"),
    ("banned_call", CORE, "import datetime as dt\nnow = dt.datetime.now(dt.UTC)\n"),
    ("banned_call", "src/tocsin/web/x.py", "from asyncio import sleep\nwait = sleep\n"),
    ("banned_call", TEST, "import time\ntime.sleep(1)\n"),
    ("banned_call", "src/tocsin/store/x.py", "import random\ndie = random.randint(1, 6)\n"),
    ("banned_call", "src/tocsin/store/x.py", "from secrets import token_hex\nkey = token_hex()\n"),
    ("banned_call", "src/tocsin/store/x.py", "import os\nkey = os.urandom(16)\n"),
    ("long_function", CORE, "def walk() -> None:\n" + "    step()\n" * 50),
    ("long_file", CORE, "x = 1\n" * 401),
    ("long_file", "src/tocsin/store/x.sql", "select 1;\n" * 401),
    ("wrong_name", "src/tocsin/core/time_utils.py", ""),
    ("wrong_name", "src/tocsin/helpers/thing.py", ""),
    ("test_without_assertion", TEST, "def test_it_runs() -> None:\n    run()\n"),
    ("test_without_assertion", TEST, "def told() -> None:\n    run()\n\ndef test_it_runs() -> None:\n    told()\n"),
    ("skipped_test", TEST, "import pytest\n@pytest.mark.skip\ndef test_x() -> None:\n    assert x\n"),
    ("skipped_test", TEST, "from pytest import mark\npytestmark = mark.xfail(reason='hard')\n"),
    ("skipped_test", TEST, "import pytest\npytest.importorskip('apsw')\n"),
    ("mocked", TEST, "from unittest.mock import MagicMock\nclock = MagicMock()\n"),
    ("mocked", TEST, "from unittest import mock\nclock = mock.Mock()\n"),
    ("blanket_ignore", CORE, "x = y  # type: ignore\n"),
    ("blanket_ignore", CORE, "x = y  # noqa\n"),
    ("blanket_ignore", CORE, "x = y  # pragma: no cover\n"),
    ("compared_secret", CORE, "import hmac\nsame = hmac.compare_digest(a, b)\n"),
    ("compared_secret", "src/tocsin/wire/x.py", "from hmac import compare_digest as same\nsame(a, b)\n"),
    ("compared_secret", "src/tocsin/web/x.py", "if device.token_hash == hashed:\n    let_in()\n"),
    ("compared_secret", CORE, "if given != self.signature:\n    refuse()\n"),
    ("compared_secret", "src/tocsin/identity/x.py", "found = [one for one in kept if one == token]\n"),
    ("unfinished", CORE, "x = 1  # TO" + "DO: all of it\n"),
    ("unfinished", "docs/x.md", "FIX" + "ME later\n"),
    ("hidden_character", CORE, f"x = '{ARABIC_MARK}'\n"),
    ("hidden_character", "docs/x.md", f"a{NUL}b"),
    ("machine_path", CORE, "x = '/ro" + "ot/data'\n"),
    ("machine_path", "docs/x.md", "see /wo" + "rk/main\n"),
    ("real_phone_number", CORE, "x = '+1202" + "5551234'\n"),
    ("real_phone_number", "docs/x.md", "call (202) 555" + "-1234\n"),
    ("real_phone_number", "docs/x.md", "call +4930" + "1234567\n"),
    ("registry_host", "requirements.lock", "--index-url https://example.org/simple\n"),
    ("registry_host", "ui/package-lock.json", '"resolved": "https://example.org/x.tgz"\n'),
]
TIDY = [
    ("src/tocsin/runtime/system.py", "import time, os\nnow, key = time.time_ns(), os.urandom(32)\n"),
    ("src/tocsin/bench/x.py", "import time\nnow = time.perf_counter()\n"),
    ("src/tocsin/runtime/loop.py", "import asyncio\nwait = asyncio.sleep\n"),
    (CORE, "import time\nx = alert.time\ny = time.strftime\n"),
    (CORE, "def walk() -> None:\n" + "    step()\n" * 49),
    (CORE, "x = y  # type: ignore[attr-defined]  # the package has no types\nz = 1  # noqa: S603\n"),
    (CORE, "x = '+12025550199 and 202-555-0111'  # method at 2026-11-22\n"),
    (TEST, "def told() -> None:\n    assert x\n\ndef test_it() -> None:\n    told()\n"),
    (TEST, "def test_it(phone: Phone) -> None:\n    phone.expects('COMING 4821')\n"),
    ("ui/src/x.ts", "const over = 'TO" + "DO BIEN';\n"),
    (TOOL, "import time\ntime.sleep(1)\n"),
    (CORE, "if token is None or token == '' or len(token) == 3 or tokens == hashes:\n    refuse()\n"),
    ("src/tocsin/sameness.py", "import hmac\nsame = hmac.compare_digest(a, b)\n"),
    (TEST, "def test_x() -> None:\n    assert token == other_token\n"),
]


@pytest.mark.parametrize(("rule", "path", "text"), UNTIDY)
def test_a_rule_finds_what_it_is_there_for(rule: str, path: str, text: str) -> None:
    named = {each.__name__: each for each in RULES}
    assert list(named[rule](Source(path, text)))


def test_every_rule_was_shown_to_find_something() -> None:
    assert {rule for rule, _, _ in UNTIDY} == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize(("path", "text"), TIDY)
def test_what_is_in_order_passes_every_rule(path: str, text: str) -> None:
    assert findings(Source(path, text)) == []


def test_a_module_that_only_itself_imports_is_dead() -> None:
    alive = Source("src/tocsin/core/alive.py", "from tocsin.core import words\n")
    words = Source("src/tocsin/core/words.py", "")
    alone = Source("src/tocsin/core/alone.py", "import tocsin.core.alone\n")
    entry = Source("src/tocsin/__main__.py", "import tocsin.core.alive\n")
    package = Source("src/tocsin/core/__init__.py", "")
    assert dead_files([alive, words, alone, entry, package]) == ["src/tocsin/core/alone.py: nobody imports it"]
