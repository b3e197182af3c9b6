"""A real server: what may be done beside it, who may not start beside it, and how it goes."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from line import SITE, Server, program, serving, told, typed

from tocsin.bench.town import free_ports
from tocsin.ports import DeliveryRow
from tocsin.runtime.system import SteadyClock, SystemEntropy
from tocsin.sandbox.box import Sandbox, Text
from tocsin.sandbox.hooks import HttpHooks
from tocsin.sandbox.serving import serve
from tocsin.store.sqlite import SqliteStore

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serving")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    """One server for the tests that leave it running."""
    (folder / "site.toml").write_text(SITE)
    with serving(folder / "data") as server:
        told("apply", str(folder / "site.toml"), data=server.data)
        yield server


def press(port: int, token: str, key: str = "1") -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    connection.request("POST", "/api/v1/alerts", b'{"kind":"sos"}', headers)
    reply = connection.getresponse()
    status, body = reply.status, json.loads(reply.read())
    connection.close()
    return status, body


def test_verbs_beside_a_running_server_are_carried_out_by_it(server: Server) -> None:
    token = told("token", "w0", data=server.data)["token"]
    assert press(server.port, token)[0] == 201
    assert len(told("revoke", token, data=server.data)["revoked"]) == 1
    status, body = press(server.port, token, "2")
    assert status == 201 and set(body) == {"receipt"}
    assert told("pins", "w0", data=server.data, stdin="4071 8265") == {"member": "w0"}
    assert typed("token", "nobody", data=server.data).stderr == "no such member\n"


def test_the_sos_port_takes_a_press_too(server: Server) -> None:
    token = told("token", "w1", data=server.data)["token"]
    assert press(server.port + 1, token)[0] == 201


def test_a_second_server_on_the_same_data_is_refused(server: Server) -> None:
    result = typed("serve", "--port", str(free_ports()), data=server.data)
    assert result.exit_code == 1 and "in use by a running server" in result.stderr
    assert told("token", "w0", data=server.data)["member"] == "w0"


def test_a_port_that_is_taken_is_refused_with_words(server: Server, tmp_path: Path) -> None:
    result = typed("serve", "--port", str(server.port), data=tmp_path / "other")
    assert result.exit_code == 1 and "--port" in result.stderr and "Traceback" not in result.output


def lasting(data: Path) -> list[str]:
    """What doctor finds in the store and the site, and not in how the server is at the moment."""
    passing = ("member_half_reachable", "not_ready", "backup_old", "restored")
    return [
        line for line in typed("doctor", data=data).stdout.splitlines() if line.split()[1].strip(":") not in passing
    ]


def test_a_backup_taken_while_it_runs_is_whole(server: Server, tmp_path: Path) -> None:
    backup, fresh = tmp_path / "backup.db", tmp_path / "fresh"
    told("export", "--backup", str(backup), data=server.data)
    refused = typed("restore", str(backup), data=server.data)
    assert refused.exit_code == 1 and "in use by a running server" in refused.stderr
    told("restore", str(backup), data=fresh)
    found, beside = lasting(fresh), lasting(server.data)
    assert found == beside and not any("fact" in line or "snapshot" in line or "file:" in line for line in found)


def test_the_operator_s_door_is_for_this_user_alone(server: Server) -> None:
    door = server.data / "control.sock"
    assert door.stat().st_mode & 0o777 == 0o600 and server.data.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("order", [b"", b"\xff\xff", b"\x81\xa4verb\xa4ring", b"\x81\xa4verb\xa5apply"])
def test_an_order_it_cannot_read_is_refused_with_words(server: Server, order: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(60)
        door.connect(str(server.data / "control.sock"))
        head = f"POST / HTTP/1.1\r\nHost: control\r\nConnection: close\r\nContent-Length: {len(order)}\r\n\r\n"
        door.sendall(head.encode() + order)
        reply = b""
        while more := door.recv(65_536):
            reply += more
    assert reply.startswith(b"HTTP/1.1 200") and b"refusal" in reply


def test_told_to_stop_it_finishes_and_exits_with_0(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(SITE)
    told("apply", str(tmp_path / "site.toml"), data=tmp_path / "data")
    with serving(tmp_path / "data") as server:
        token = told("token", "w0", data=server.data)["token"]
        _, body = press(server.port, token, "last")
        assert server.stop() == 0
    assert "Traceback" not in server.noise and "w0" not in server.noise
    assert not (server.data / "control.sock").exists()
    with serving(server.data) as again:
        status, known = press(again.port, token, "last")
        assert (status, known["id"], known["receipt"]) == (200, body["id"], body["receipt"])


def test_killed_it_leaves_a_door_that_stands_in_nobody_s_way(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(SITE)
    with serving(tmp_path / "data") as server:
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
    assert (server.data / "control.sock").exists()
    told("apply", str(tmp_path / "site.toml"), data=server.data)
    with serving(server.data) as again:
        assert told("token", "w0", data=again.data)["member"] == "w0"


def test_a_verb_beside_a_killed_server_speaks_for_nobody(tmp_path: Path) -> None:
    """What waited to be sent waits on: it is for the next server to say that it may have been sent."""
    (tmp_path / "site.toml").write_text(SITE)
    told("apply", str(tmp_path / "site.toml"), data=tmp_path / "data")
    token = told("token", "w0", data=tmp_path / "data")["token"]
    silent = socket.socket()  # A carrier that takes connections and never answers.
    silent.bind(("127.0.0.1", 0))
    silent.listen()
    carrier = {
        "TOCSIN_SMS__TWILIO__BASE_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
        "TOCSIN_SMS__TWILIO__ACCOUNT_SID": "AC" + "5a" * 16,
        "TOCSIN_SMS__TWILIO__AUTH_TOKEN": "invented",
        "TOCSIN_SMS__TWILIO__FROM": "+12025550190",
    }
    with silent, serving(tmp_path / "data", **carrier) as server:
        assert press(server.port, token)[0] == 201
        server.stop(signal.SIGKILL)
    before = waiting(server.data)
    assert len(before) == 4 and {row.state for row in before} == {"queued"}
    typed("doctor", data=server.data)
    told("pins", "w0", data=server.data, stdin="4071 8265")
    assert waiting(server.data) == before


def waiting(data: Path) -> list[DeliveryRow]:
    store = SqliteStore(str(data / "tocsin.db"))
    rows = store.due_deliveries("bench")
    store.close()
    return rows


def test_a_part_that_cannot_be_set_up_is_told_and_the_rest_starts(tmp_path: Path) -> None:
    bad = {"TOCSIN_SMS__TWILIO__BASE_URL": "no address", "TOCSIN_SERVER__COLOUR": "red"}
    with serving(tmp_path / "data", **bad) as server:
        assert server.stop() == 0
    assert "sms.twilio is off" in server.noise and "colour" in server.noise


def test_python_without_its_assertions_is_refused(tmp_path: Path) -> None:
    command = program("serve", "--data", str(tmp_path), optimised=True)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "PYTHONOPTIMIZE" in done.stderr and "Traceback" not in done.stderr


# A drill, with phones --------------------------------------------------------------------------------------------


def test_a_drill_goes_the_real_way_and_ends_with_the_first_answer(tmp_path: Path) -> None:
    port = free_ports()
    result: dict[str, object] = {}

    async def story() -> None:
        hooks = f"http://127.0.0.1:{port}/hooks/twilio/sms"
        sandbox = Sandbox(SteadyClock(tmp_path), SystemEntropy(), HttpHooks(), hooks)
        async with serve(sandbox) as carrier:
            loop = asyncio.get_running_loop()
            answering: list[asyncio.Task[object]] = []

            def heard(number: str, text: Text | None) -> None:
                if text is not None and text.direction == "in" and not answering:
                    digits = [word.split("=")[0] for word in text.text.split() if word[:4].isdigit() and "=" in word]
                    answering.append(loop.create_task(sandbox.text(number, digits[0])))

            sandbox.listeners.add(heard)
            result.update(await asyncio.to_thread(drilled, tmp_path, port, carrier.base_url, sandbox))
            await asyncio.gather(*answering)

    asyncio.run(story())
    rows = result["timeline"]
    assert isinstance(rows, list) and isinstance(result["answered_ms"], int)
    assert {"raised", "rang", "answered"} <= {row["what"] for row in rows}
    assert {row["who"] for row in rows if row["what"] == "ring"} >= {"c0", "c1", "c2"}
    assert all(set(row) == {"at_ms", "what", "who", "channel", "state"} for row in rows)


def drilled(folder: Path, port: int, carrier_url: str, sandbox: Sandbox) -> dict[str, object]:
    (folder / "site.toml").write_text(SITE)
    told("apply", str(folder / "site.toml"), data=folder / "data")
    given = {
        "TOCSIN_SERVER__PORT": str(port),
        "TOCSIN_SERVER__PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TOCSIN_SMS__TWILIO__BASE_URL": carrier_url,
        "TOCSIN_SMS__TWILIO__ACCOUNT_SID": sandbox.account_sid,
        "TOCSIN_SMS__TWILIO__AUTH_TOKEN": sandbox.auth_token,
        "TOCSIN_SMS__TWILIO__FROM": "+12025550190",
    }
    server = Server(folder / "data", port, **given)
    try:
        return told("drill", "--member", "w0", data=folder / "data")
    finally:
        server.stop()
