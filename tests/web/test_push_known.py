"""What a phone says of its pushes while its browser takes long over them."""

from __future__ import annotations

import pytest
from scripted_page import told

pytestmark = pytest.mark.slow  # Each bundles the scripts of a page.


def test_what_the_server_knows_is_said_although_the_service_worker_never_gets_ready() -> None:
    seen = told("""
    const serviceWorker = { ready: new Promise(() => undefined) };
    Object.defineProperty(globalThis, "navigator", { value: { serviceWorker } });
    globalThis.Notification = { permission: "granted" };
    globalThis.PushManager = class {};
    const { Proof, Api } = await scripts("proof", "api");
    said.answers = { "/api/v1/push/subscriptions": [{ state: "proven", proven_at: null, key: "AAAA" }] };
    const drawn = [];
    const proof = new Proof(new Api("token"), () => drawn.push(proof.push.state));
    proof.begin(true);
    const known = () => drawn.at(-1) === "proven";
    for (let times = 0; times < 200 && !known(); times++) await new Promise((done) => setTimeout(done, 1));
    print([drawn.at(-1), said.asked]);
    """)
    assert seen == ["proven", ["/api/v1/push/subscriptions"]]  # Once.
