"""How one history is made smaller than its seed would have it: fewer faults, fewer of each, fewer people, less time.

A failing seed is shrunk to such options, and they are what its replay command spells out.
"""

from __future__ import annotations

from msgspec import Struct

EVER = 1_000_000  # As often as the seed has it.


class BadOptions(ValueError):
    """What the command line says of a history makes no sense; the message says what to write instead."""


class Options(Struct, frozen=True):
    """None: as the seed says.

    `only`: the mishaps that are on, and how often each may happen at most.  `people`: who acts at all; the others
    exist and do nothing.  `weather_s`: when the weather ends, in seconds from the start.
    """

    only: dict[str, int] | None = None
    people: tuple[str, ...] | None = None
    weather_s: float | None = None

    def words(self) -> str:
        """As the command line takes them; empty for a whole seed."""
        found = []
        if self.only is not None:
            names = (name if most >= EVER else f"{name}={most}" for name, most in self.only.items())
            found.append(f"--only {','.join(names) or 'nothing'}")
        if self.people is not None:
            found.append(f"--people {','.join(self.people) or 'nobody'}")
        if self.weather_s is not None:
            found.append(f"--for {self.weather_s:g}")
        return " ".join(found)


WHOLE = Options()


def options_from(only: str, people: str, weather_s: float, known: set[str], names: set[str]) -> Options:
    """Read back what `words` wrote.  Empty words and zero seconds mean *as the seed says*.

    Raises BadOptions for a mishap not in `known` or a person not in `names`.
    """
    return Options(
        only=_mishaps(only, known) if only else None,
        people=_people(people, names) if people else None,
        weather_s=weather_s or None,
    )


def _mishaps(text: str, known: set[str]) -> dict[str, int]:
    found = {}
    for word in text.split(",") if text != "nothing" else ():
        name, _, most = word.strip().partition("=")
        if name not in known or (most and not most.isdigit()):
            raise BadOptions(
                f"{word!r} is no kind of fault; use NAME or NAME=TIMES, NAME one of {', '.join(sorted(known))}"
            )
        found[name] = int(most) if most else EVER
    return found


def _people(text: str, names: set[str]) -> tuple[str, ...]:
    found = tuple(word.strip() for word in text.split(",")) if text != "nobody" else ()
    for name in found:
        if name not in names:
            raise BadOptions(f"nobody is called {name!r}; use some of {', '.join(sorted(names))}")
    return found
