"""What the carrier has of our texts, asked for over its own wire."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from tocsin.channels import list_twilio
from tocsin.channels.list_twilio import TwilioTexts
from tocsin.channels.session import carrier_session
from tocsin.sandbox import Fault, Pace, Sandbox, serve

NOW_MS, DAY_MS = 1_795_395_600_000, 86_400_000
OURS, OTHERS = "+12025550190", "+12025550191"
NOOR, TEO = "+12025550111", "+12025550112"
ACCOUNT = "AC" + "5a" * 16


class Clock:
    ms = NOW_MS

    def now_ms(self) -> int:
        return self.ms


class FixedEntropy:
    def seed(self) -> bytes:
        return bytes(32)


class Deaf:
    """The product is down: no webhook arrives."""

    async def post(self, url: str, body: bytes, signature: str) -> tuple[int, bytes]:
        return 0, b""

    async def close(self) -> None:
        return None


Story = Callable[[Sandbox, TwilioTexts], Awaitable[None]]


def told(story: Story, *, token: str = "", numbers: tuple[str, ...] = (OURS,)) -> None:
    async def run() -> None:
        box = Sandbox(Clock(), FixedEntropy(), Deaf(), pace=Pace(sent_ms=0, delivered_ms=1))
        async with serve(box) as air:
            texts = TwilioTexts(air.base_url, ACCOUNT, token or box.auth_token, numbers, carrier_session())
            await story(box, texts)
            await texts.close()

    asyncio.run(run())


def test_what_was_written_to_our_number_is_told_with_its_time() -> None:
    async def story(box: Sandbox, texts: TwilioTexts) -> None:
        assert (await box.text(NOOR, "SOS lot b", OURS)).status == 0
        await box.text(TEO, "STOP", OTHERS)
        (one,) = await texts.since(NOW_MS - DAY_MS, sent_too=False)
        assert (one.sender, one.to, one.text, one.inbound, one.at_ms) == (NOOR, OURS, "SOS lot b", True, NOW_MS)
        assert await texts.since(NOW_MS + 2 * DAY_MS, sent_too=False) == []

    told(story)


def test_a_phone_nobody_hears_is_heard_in_the_list() -> None:
    async def story(box: Sandbox, texts: TwilioTexts) -> None:
        box.fault(NOOR, Fault(unheard=True))
        await box.text(NOOR, "SOS", OURS)
        assert [one.text for one in await texts.since(NOW_MS, sent_too=False)] == ["SOS"]

    told(story)


def test_every_number_of_ours_is_asked_for_and_what_went_out_if_wanted() -> None:
    async def story(box: Sandbox, texts: TwilioTexts) -> None:
        await box.text(NOOR, "one", OURS)
        await box.text(TEO, "two", OTHERS)
        await box.take({"To": NOOR, "From": OURS, "Body": "three"})
        await box.settled()
        assert sorted(one.text for one in await texts.since(NOW_MS, sent_too=False)) == ["one", "two"]
        assert sorted(one.text for one in await texts.since(NOW_MS, sent_too=True)) == ["one", "three", "two"]

    told(story, numbers=(OURS, OTHERS))


def test_a_long_list_comes_in_pages_and_all_of_it() -> None:
    async def story(box: Sandbox, texts: TwilioTexts) -> None:
        for index in range(450):
            await box.text(NOOR, str(index), OURS)
        found = await texts.since(NOW_MS, sent_too=False)
        assert sorted(int(one.text) for one in found) == list(range(450))

    told(story)


@pytest.mark.parametrize(("fault", "token"), [(Fault(down=True), ""), (Fault(refused=20429), ""), (Fault(), "wrong")])
def test_without_a_list_nothing_is_known(fault: Fault, token: str) -> None:
    async def story(box: Sandbox, texts: TwilioTexts) -> None:
        box.fault(None, fault)
        with pytest.raises(OSError, match="no list, status"):
            await texts.since(NOW_MS, sent_too=True)

    told(story, token=token)


def served(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> list[str]:
    """What became of a list asked of this server: its error, or the ids found."""
    found: list[str] = []

    async def run() -> None:
        app = web.Application()
        app.router.add_get("/{rest:.*}", handler)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        texts = TwilioTexts(f"http://127.0.0.1:{runner.addresses[0][1]}/", ACCOUNT, "t", [OURS], carrier_session())
        try:
            found.extend(one.message for one in await texts.since(NOW_MS, sent_too=False))
        except OSError as error:
            found.append(str(error))
        await texts.close()
        await runner.cleanup()

    asyncio.run(run())
    return found


def answer(request: web.Request, sid: str, date: str) -> web.Response:
    row = {"sid": sid, "from": NOOR, "to": OURS, "body": "x", "direction": "inbound", "date_sent": date}
    return web.json_response({"messages": [row], "next_page_uri": f"{request.path}?Page=1"})


def test_it_stops_where_the_list_is_older_than_what_was_asked_for() -> None:
    asked: list[str] = []

    async def pages(request: web.Request) -> web.StreamResponse:
        asked.append(request.path_qs)
        day = 22 - len(asked)
        return answer(request, f"SM{len(asked)}", f"{day} Nov 2026 23:59:59 +0000")

    assert len(served(pages)) == len(asked) < 5


def test_a_list_without_end_ends() -> None:
    async def pages(request: web.Request) -> web.StreamResponse:
        return answer(request, "SM1", "22 Nov 2030 00:00:00 +0000")

    assert len(served(pages)) == list_twilio.PAGES_MAX


def test_a_redirect_a_dead_line_and_an_endless_page_are_no_list() -> None:
    async def elsewhere(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("http://127.0.0.1:1/")

    async def cut(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def endless(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b" " * (list_twilio.PAGE_MAX_BYTES + 70_000))

    assert served(elsewhere) == ["no list, status 302"]
    assert served(cut) == ["ServerDisconnectedError"]
    assert served(endless) == ["no list, status 200"]
