"""The composition root: the only place that names implementations.

A node is a store, a bell in front of it, and the ways out behind it.  `tocsin serve`, the demo, the benchmarks and the
command line beside a stopped server build theirs here, from settings; the simulator builds its own from fakes.
"""

from tocsin.app.node import Held, Node, build, hold, restore_store, socket_file, store_file
from tocsin.app.restoring import cut_off
from tocsin.app.rounds import run_rounds
from tocsin.app.server import Guest, Server, serve

__all__ = [
    "Guest",
    "Held",
    "Node",
    "Server",
    "build",
    "cut_off",
    "hold",
    "restore_store",
    "run_rounds",
    "serve",
    "socket_file",
    "store_file",
]
