"""The carriers' wire on loopback: the demo, the benchmarks and the tests run the very code that production runs.

`Sandbox` is the carrier's state, `surface` its web server, `serve` runs that on a loopback port, `handlers` are the
routes through which a page shows the phones, `Fault` is the weather.
"""

from tocsin.sandbox.box import Forwarded, Pace, Phone, Sandbox, Sent, Text
from tocsin.sandbox.calls import Call, Habit, Tempo
from tocsin.sandbox.faults import CALM, Fault
from tocsin.sandbox.hooks import HttpHooks
from tocsin.sandbox.serving import Serving, serve
from tocsin.sandbox.surface import handlers, surface
from tocsin.sandbox.vonage import VonageBox, vonage_surface

__all__ = [
    "CALM",
    "Call",
    "Fault",
    "Forwarded",
    "Habit",
    "HttpHooks",
    "Pace",
    "Phone",
    "Sandbox",
    "Sent",
    "Serving",
    "Tempo",
    "Text",
    "VonageBox",
    "handlers",
    "serve",
    "surface",
    "vonage_surface",
]
