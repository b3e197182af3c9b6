"""The second SMS vendor in the settings: set up, ordered, and alone in its faults."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tocsin.app.ways import names_of, replies_of, ways_of
from tocsin.core.words import Channel
from tocsin.runtime.routes import Routes
from tocsin.settings import Settings, load

SECRET, SIGNATURE = "an-invented-api-secret", "an-invented-signature-secret"
TWILIO = f"""
[sms.twilio]
account_sid = "AC{"5a" * 16}"
auth_token = "an-invented-token"
from = ["+12025550190"]
"""
VONAGE = f"""
[sms.vonage]
api_key = "abcd1234"
api_secret = "{SECRET}"
signature_secret = "{SIGNATURE}"
from = "+1 202 555 0195"
"""


def settings(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "tocsin.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, {})


def test_both_vendors_are_tried_in_their_order(tmp_path: Path) -> None:
    both = settings(tmp_path, TWILIO + VONAGE)
    assert both.problems == () and both.vendors == ("twilio", "vonage")
    assert both.vonage is not None and both.vonage.sender == "+12025550195"
    assert both.vonage.base_url == "https://api.nexmo.com"
    turned = settings(tmp_path, '[sms]\nvendors = ["vonage", "twilio"]\n' + TWILIO + VONAGE)
    assert turned.vendors == ("vonage", "twilio") and names_of(turned)[Channel.SMS] == turned.vendors
    assert SECRET not in repr(both) and SIGNATURE not in repr(both)


def test_either_vendor_may_be_the_only_one(tmp_path: Path) -> None:
    alone = settings(tmp_path, VONAGE)
    assert alone.problems == () and alone.vendors == ("vonage",) and alone.twilio is None
    left_out = settings(tmp_path, '[sms]\nvendors = ["twilio"]\n' + TWILIO + VONAGE)
    assert left_out.vendors == ("twilio",) and left_out.vonage is None


BAD = [
    ('api_key = "abcd1234"', "", "api_key is missing"),
    ('api_key = "abcd1234"', 'api_key = ""', "api_key is wrong"),
    (f'api_secret = "{SECRET}"', "", "api_secret is missing"),
    (f'api_secret = "{SECRET}"', "api_secret = 7", "api_secret is no secret"),
    (f'signature_secret = "{SIGNATURE}"', "", "signature_secret is missing"),
    ('from = "+1 202 555 0195"', 'from = "911"', "no number to send from"),
    ('from = "+1 202 555 0195"', 'from = "ACME"', "no number to send from"),
    ('from = "+1 202 555 0195"', "from = 7", "from is wrong"),
    ("[sms.vonage]", '[sms.vonage]\nbase_url = "http://a.example"', "in the clear"),
]


@pytest.mark.parametrize(("old", "new", "what"), BAD)
def test_a_fault_of_the_second_vendor_leaves_the_first_alone_and_is_said(
    tmp_path: Path, old: str, new: str, what: str
) -> None:
    found = settings(tmp_path, TWILIO + VONAGE.replace(old, new))
    assert found.vendors == ("twilio",) and found.vonage is None
    (problem,) = found.problems
    assert problem.part == "sms.vonage" and what in problem.what and problem.remedy
    assert SECRET not in str(problem) and SIGNATURE not in str(problem)


def test_each_vendor_gets_a_way_and_the_second_answers_texts_by_its_own(tmp_path: Path) -> None:
    async def story() -> None:
        routes = Routes(ways_of(settings(tmp_path, TWILIO + VONAGE)))
        assert routes.names[Channel.SMS] == ("twilio", "vonage") and replies_of(routes) is not None
        await routes.close()
        alone = Routes(ways_of(settings(tmp_path, TWILIO)))
        assert replies_of(alone) is None
        await alone.close()

    asyncio.run(story())
