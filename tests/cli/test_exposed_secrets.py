"""A secret's file that everybody may read is told, and nothing of what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from line import typed


def test_doctor_names_the_setting_whose_file_everybody_may_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "token"
    secret.write_text("an-invented-token")
    monkeypatch.setenv("TOCSIN_SMS__TWILIO__AUTH_TOKEN_FILE", str(secret))
    for mode, told in ((0o644, True), (0o600, False)):
        secret.chmod(mode)
        said = typed("doctor", data=tmp_path / "data").output
        assert ("warning key_exposed" in said and "sms.twilio.auth_token_file" in said) is told
        assert "an-invented-token" not in said
