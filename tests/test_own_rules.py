"""Our own rules find what they are there for, let pass what is in order, and find nothing in what we ship."""

from __future__ import annotations

import json
from pathlib import Path

import auditing
import pytest

from tocsin.wire.response_headers import CLOSED_POLICY, PAGE_POLICY, SCRIPT_POLICY

ROUTE = "@get('/x')\nasync def x(request: Asked) -> Answer:\n    "
BYTES = "@get('/x', name='x')\ndef x() -> Answer[bytes]:\n    "
WRONG: dict[str, tuple[str, ...]] = {
    "secret-in-a-log-line": (
        "log.info('came', token=token)\n",
        "self._log.error('bad', pin=typed.pin)\n",
        "log.warning('bad', extra=settings.auth_token.reveal)\nlog.warning(text)\n",
        "log.info(f'came {body}')\n",
    ),
    "secret-in-a-print": ("print('key', settings.key.reveal())\n",),
    "sql-made-of-texts": (
        "db.execute(f'select * from {table}')\n",
        "db.execute('select * from ' + table)\n",
        "db.execute('select %s' % table)\n",
        "db.execute('select {}'.format(table))\n",
        "db.executemany(f'insert into {table}', rows)\n",
    ),
    "get-that-changes": (
        ROUTE + "return told(await bell.submit(command))\n",
        BYTES + "bell.submit(x)\n",
        BYTES + "submitted(x)\n",
    ),
    "html-that-is-not-escaped": (
        "from markupsafe import Markup\nx = Markup(name)\n",
        "from jinja2 import Environment\nx = Environment(loader=y, autoescape=False)\n",
    ),
    "cookie-without-its-flags": (
        "x = Cookie(key='tocsin', value=token)\n",
        "x = Cookie(key='tocsin', value=token, httponly=True)\n",
        "response.set_cookie('tocsin', token)\n",
        "response.set_cookie(key='tocsin', value=token, httponly=False, secure=True, samesite='lax')\n",
    ),
    "answer-that-is-not-told": ("from litestar import Response\nx = Response(b'{}')\n",),
    "template-that-does-not-escape": (
        "<p>{{ name|safe }}</p>",
        "<p>{{ name | safe }}</p>",
        "{% autoescape false %}",
        "<button onclick='go()'>",
        "<a href='javascript:go()'>",
    ),
}
RIGHT: tuple[tuple[str, str], ...] = (
    ("py", "log.info('came', token_count=3, part='sms')\n"),
    ("py", "log.error('failed', error=type(error).__name__)\nform.append('x', token)\n"),
    ("py", "db.execute('select * from fact where org = ?', (org,))\ndb.execute(query.sql, bound)\n"),
    ("py", "@post('/x')\nasync def x(request: Asked) -> Answer:\n    return told(await bell.submit(command))\n"),
    ("py", ROUTE + "return told(lookout.page(who))\n"),
    ("py", "from jinja2 import Environment\nx = Environment(loader=y, autoescape=True)\n"),
    ("py", "x = Cookie(key='tocsin', value=token, httponly=True, secure=https, samesite='lax', path='/')\n"),
    ("py", "response.set_cookie(visit.session_cookie(token))\n"),
    ("py", "def plain(body: bytes) -> Response[bytes]:\n    return Response(body)\n"),
    ("html", "<p>{{ name }}</p><p>{{ name|upper }} one = two</p><section data-on='x'>"),
)


def examples(folder: Path) -> dict[str, str]:
    """Where each wrong example lies, and which rule must find it; the right ones lie beside them."""
    folder.mkdir()
    expected: dict[str, str] = {}
    for rule, texts in WRONG.items():
        for number, text in enumerate(texts):
            file = folder / f"{rule}-{number}.{'html' if rule.startswith('template') else 'py'}"
            file.write_text(text, encoding="utf-8")
            expected[file.name] = rule
    for number, (suffix, text) in enumerate(RIGHT):
        (folder / f"right-{number}.{suffix}").write_text(text, encoding="utf-8")
    return expected


@pytest.mark.slow
@pytest.mark.semgrep
def test_every_rule_finds_its_examples_and_nothing_in_what_is_in_order(tmp_path: Path) -> None:
    expected = examples(tmp_path / "intake")
    found = {
        (Path(each["path"]).name, each["check_id"].rpartition(".")[2]) for each in auditing.scan(tmp_path)["results"]
    }
    assert found == set(expected.items())


@pytest.mark.slow
@pytest.mark.semgrep
def test_our_own_rules_find_nothing_in_what_we_ship() -> None:
    found = list(auditing.scanned(auditing.ROOT / "src"))
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.csp
@pytest.mark.parametrize("policy", [PAGE_POLICY, SCRIPT_POLICY, CLOSED_POLICY])
def test_the_evaluator_finds_nothing_high_in_a_policy_of_ours(policy: str) -> None:
    found = auditing.evaluated(policy)
    assert [finding for finding in found if finding["severity"] <= 20] == []


@pytest.mark.slow
@pytest.mark.csp
def test_the_evaluator_would_find_it() -> None:
    found = auditing.evaluated("script-src 'self' 'unsafe-inline' *; object-src *")
    assert {finding["directive"] for finding in found if finding["severity"] == 10} >= {"script-src", "object-src"}


# What needs no tool ---------------------------------------------------------------------------------------------------


def test_every_rule_has_a_wrong_example() -> None:
    texts = [file.read_text(encoding="utf-8") for file in auditing.RULES.glob("*.yml")]
    assert {line.split("id:")[1].strip() for text in texts for line in text.splitlines() if "- id:" in line} == set(
        WRONG
    )


def test_the_bill_of_materials_names_what_the_locks_name_with_its_hashes() -> None:
    bill = auditing.bill_of_materials()
    parts = {part["purl"]: part for part in bill["components"]}
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6") and len(parts) == len(bill["components"])
    assert any(purl.startswith("pkg:pypi/litestar@") and parts[purl]["hashes"] for purl in parts)
    assert any(purl.startswith("pkg:npm/%40fontsource/") for purl in parts)
    pinned = [
        line for line in auditing.LOCK.read_text(encoding="utf-8").splitlines() if "==" in line and line[0] != " "
    ]
    assert len(pinned) == sum(purl.startswith("pkg:pypi/") for purl in parts)
    assert auditing.bill_of_materials() == bill


@pytest.mark.parametrize(
    ("said", "is_answer"),
    [
        ("", False),
        ("ERROR: no such host", False),
        ("[]", False),
        (json.dumps({"dependencies": [{"name": "pip", "skip_reason": "not found"}]}), False),
        (json.dumps({"dependencies": [{"name": "pip", "version": "24.0", "vulns": []}]}), True),
    ],
)
def test_a_source_that_knows_nothing_of_what_everybody_knows_is_no_source(said: str, is_answer: bool) -> None:
    assert auditing.answered(said) is is_answer


def test_every_package_for_semgrep_is_pinned_by_hash_and_names_no_host() -> None:
    lock = auditing.SEMGREP_LOCK.read_text(encoding="utf-8")
    entries = [entry for entry in lock.split("\n") if "==" in entry and not entry.startswith((" ", "#"))]
    assert len(entries) > 20 and "://" not in lock and lock.count("--hash=sha256:") >= len(entries)
