"""The readers of bytes from outside, driven by what their code does with them.  A process of its own: see the test.

`python coverage_guided.py FOLDER -runs=N -seed=S`: the first byte of an input chooses the reader.  FOLDER holds the
inputs that are known to be worth something; a reader that raises ends the process with the input on its last lines.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl

import atheris

with atheris.instrument_imports(include=["tocsin.wire", "tocsin.intake"]):
    from tocsin.intake import presses, sitefile, tomllines, tomltables
    from tocsin.wire import apprise_urls, smtp, standard_webhooks, twilio, twilio_list, twilio_voice, vonage

Pairs = list[tuple[str, str]]


def _form(data: bytes) -> Pairs:
    return parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=None)


def _allowing(read: Callable[[str], object], *errors: type[Exception]) -> Callable[[bytes], object]:
    """A reader of text that may say no in these ways and in no other."""

    def reader(data: bytes) -> object:
        try:
            return read(data.decode("utf-8", "replace"))
        except errors:
            return None

    return reader


def _site(data: bytes) -> None:
    try:
        sitefile.read(data)
    except sitefile.SiteFileWrong as wrong:
        assert wrong.lines and all("\n" not in line for line in wrong.lines)


def _toml(data: bytes) -> None:
    try:
        values, lines = tomltables.parse(data)
        assert lines is not None and isinstance(values, dict)
    except tomltables.Unreadable as unreadable:
        assert unreadable.fault.line >= 1


READERS: tuple[Callable[[bytes], object], ...] = (
    lambda data: presses.read_body(data, 1_795_000_000_000),
    lambda data: twilio.read_reply(200 + data[:1].count(b"4") * 200, data, "7"),
    lambda data: twilio.read_inbound(_form(data)),
    lambda data: twilio.read_status(_form(data)),
    lambda data: twilio.signed_by("token", "https://tocsin.example.org", _form(data), data.decode("latin-1")),
    lambda data: (twilio_voice.read_asked(_form(data)), twilio_voice.read_call_status(_form(data))),
    lambda data: twilio_list.read_page("AC" + "5a" * 16, 200, data),
    lambda data: vonage.read_reply(202, data),
    lambda data: (vonage.read_inbound(data), vonage.read_status(data)),
    lambda data: vonage.signed_by("secret", "key", data.decode("latin-1"), data),
    _site,
    _toml,
    _allowing(apprise_urls.targets, apprise_urls.BadTargets),
    _allowing(smtp.mail_server, smtp.BadServer),
    _allowing(smtp.sender_of),
    _allowing(standard_webhooks.signing_key),
)


def one_input(data: bytes) -> None:
    if data:
        READERS[data[0] % len(READERS)](data[1:])


def main(words: list[str]) -> None:
    folder = Path(words[1])
    assert folder.is_dir() and tomllines.lines_of("") is not None
    atheris.Setup(words, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
