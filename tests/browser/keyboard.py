"""Somebody who has a keyboard and nothing else: they walk with Tab, they see where they are, they press keys."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page

WALK = (Path(__file__).parent / "walk.js").read_text("utf-8")
HERE = """() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  const labels = [...(e.labels ?? [])].map(label => label.textContent).join(' ');
  const name = (e.getAttribute('aria-label') ?? (labels || e.textContent)).replace(/\\s+/g, ' ').trim();
  return [name, style.outlineStyle !== 'none' && box.top < innerHeight && box.bottom > 0];
}"""
TABS_MAX = 90  # A path that needs more of them is no path.
TAB = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9, "nativeVirtualKeyCode": 9}
SHIFT = 8
MORE_MAX = 24  # A date has a stop for each of its parts.
SKIP = "a.skip"


class Keys:
    """Real presses of Tab.  Those of a walk are sent at once: a browser takes them one by one, and nobody waits."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)

    def tab(self, times: int = 1, *, back: bool = False) -> None:
        """Done when the page has taken the last of them."""
        key = {**TAB, "modifiers": SHIFT if back else 0}

        async def pressed() -> None:
            send = self._session._impl_obj.send  # What is public sends one, and waits.
            await asyncio.gather(*[send("Input.dispatchKeyEvent", key, None) for _ in range(times)])

        self._session._sync(pressed())


class Walker:
    """Goes over whatever a page shows; what the page saw of it is read when the walk is over."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._keys = Keys(page)

    def faults(self) -> list[str]:
        """What keeps somebody with a keyboard from anything on this page, folded and unfolded.  Empty: nothing."""
        self.page.evaluate(WALK)
        found = self._skips()
        if self.page.evaluate("walk.folded()"):
            found += self.one_way()  # What a fold holds back shows on any way; back again one goes by all there is.
            self.page.evaluate("walk.openAll()")
        return [*found, *self.one_way(), *self._walked(back=True)]

    def one_way(self) -> list[str]:
        """The same of the page as it stands, from its first stop to its last."""
        self.page.evaluate(WALK)
        found = self._walked(back=False)
        found += [f"only a mouse gets to {what}" for what in self.page.evaluate("walk.onlyByMouse()")]
        return [*found, *self.page.evaluate("walk.againstTheEye()")]

    def _walked(self, *, back: bool) -> list[str]:
        """From one end of the page to the other: every stop once, in order, and out again."""
        count = self.page.evaluate("back => walk.begin(back)", back)
        self._keys.tab(count + 1, back=back)
        more = 0
        while more <= MORE_MAX and not self.page.evaluate("walk.out()"):
            self._keys.tab(back=back)
            more += 1
        told: dict[str, Any] = self.page.evaluate("walk.end()")
        wanted = told["names"][::-1] if back else told["names"]
        if more > MORE_MAX:
            return [*told["faults"], f"nothing leads out again: {told['visited'][-4:]}"]
        if told["visited"] != wanted:
            return [*told["faults"], f"Tab leads to {told['visited']}, and there is {wanted}"]
        return list(told["faults"])

    def _skips(self) -> list[str]:
        """The first stop leads past the head of the page."""
        self.page.evaluate("walk.begin(false)")
        self._keys.tab()
        if not self.page.evaluate(f"document.activeElement.matches('{SKIP}')"):
            return ["nothing to skip the head of the page with"]
        self.page.keyboard.press("Enter")
        if not self.page.evaluate("walk.inMain()"):
            return ["what should skip the head of the page does not"]
        first = self.page.evaluate("walk.firstInMain()")
        self._keys.tab()
        here = self.page.evaluate("walk.called()")
        return [] if first is None or here == first else [f"after the head comes {here}, and not {first}"]


class Hands:
    """Somebody who does something on a page.  What they press or fill in is found by Tab, or it is not found."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, name: str) -> None:
        """On to what is called so (or begins so), which one must be able to see once one is there."""
        for _ in range(TABS_MAX):
            self.page.keyboard.press("Tab")
            here, seen = self.page.evaluate(HERE)
            if here.startswith(name):
                assert seen, f"nobody can see that {name!r} has the focus"
                return
        raise AssertionError(f"Tab never led to {name!r}")

    def press(self, name: str, key: str = "Enter") -> None:
        self.to(name)
        self.page.keyboard.press(key)

    def follow(self, name: str = "", key: str = "Enter") -> None:
        """The same, where it leads to another page; without a name: from where one is."""
        if name:
            self.to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def write(self, name: str, text: str) -> None:
        """Over what stands there."""
        self.to(name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, name: str, option: str) -> None:
        """By the letters that it begins with, as a list of options takes them."""
        self.to(name)
        self.page.keyboard.type(option)
