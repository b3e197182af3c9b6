"""Readers of bytes from outside, led by atheris into what their own code looks for: none of them raises."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from effort import tries

PROGRAM = Path(__file__).with_name("coverage_guided.py")
RUNS = 30_000
SEEDS = [
    b'{"kind":"sos","silent":true,"text":"he is here","place":{"kind":"fix","lat":1.5,"lon":2,"radius_m":9}}',
    b'{"sid":"SM1","status":"queued"}',
    b'{"code":21610,"message":"x","status":400}',
    b"From=%2B12025550111&To=%2B12025550190&Body=SOS+lot+b&MessageSid=SM1&NumMedia=0",
    b"MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003",
    b"CallSid=CA1&CallStatus=completed&Digits=1&AnsweredBy=machine_start&From=%2B12025550111",
    b'{"messages":[{"sid":"SM1","from":"+12025550111","body":"SOS","date_sent":"Mon, 23 Nov 2026 01:00:00 +0000"}]}',
    b'{"message_uuid":"u","from":{"type":"sms","number":"12025550111"},"message":{"content":{"type":"text","text":"SOS"}}}',
    b'{"message_uuid":"u","status":"rejected","error":{"code":1010,"reason":"x"},"client_ref":"a/b","to":"12025550111"}',
    b'[organisation]\nid="a"\nname="A"\n[[site]]\nid="s"\nname="S"\ntime_zone="UTC"\n[[member]]\nid="m"\nname="M"\n'
    b'contacts=[{kind="webhook",to="https://h.example.org"}]\n[[plan]]\nsite="s"\nkind="sos"\n',
    b'a = 1\nb = [1, {c = 2026-11-23T01:00:00Z}]\n[d.\'e f\']\n"""x"""',
    b"ward=slack://a/b/c\n# note\ndesk = json://localhost",
    b"smtps://user:p%40ss@mail.example.org:465",
    b"Tocsin <tocsin@example.org>",
    b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    b"Bearer eyJhbGciOiJIUzI1NiJ9.eyJhcGlfa2V5IjoieCJ9.c2ln",
]


@pytest.mark.slow
def test_no_bytes_make_a_reader_raise(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for reader in range(16):
        for number, seed in enumerate(SEEDS):
            (corpus / f"{reader:02}-{number:02}").write_bytes(bytes([reader]) + seed)
    words = [f"-runs={tries(RUNS)}", "-seed=1", "-max_len=600", "-timeout=10", f"-artifact_prefix={tmp_path}/"]
    ran = subprocess.run(
        [sys.executable, str(PROGRAM), str(corpus), *words], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert ran.returncode == 0, ran.stderr[-4_000:]
    assert f"Done {tries(RUNS)} runs" in ran.stderr
