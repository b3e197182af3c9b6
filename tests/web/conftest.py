"""What tests of pages share: papers that are asked for, and not set."""

from __future__ import annotations

import pytest

from tocsin.web.typesetting import Typesetter


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the other process would be told; it is not started."""
    told: list[bytes] = []

    async def keep(self: Typesetter, data: bytes) -> bytes:
        told.append(data)
        return b"%PDF-"

    monkeypatch.setattr(Typesetter, "made", keep)
    return told
