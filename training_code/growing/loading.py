"""Loads modules while something else is computed.

Growing a forest leaves Python itself idle; what is needed after it is loaded by then.
"""

from __future__ import annotations

import importlib
import threading


def load_meanwhile(*modules: str) -> threading.Thread:
    """Import modules in a thread of their own, in this order.

    Whoever imports one of them meanwhile waits for that one. A module that cannot be imported says so where it is used,
    which asks for it again. No daemon: a process that ends would take what a module has begun from under it.
    """
    thread = threading.Thread(target=_load, args=(modules,), name=f"load {', '.join(modules)}")
    thread.start()
    return thread


def _load(modules: tuple[str, ...]) -> None:
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception:  # noqa: BLE001, S112  # it is imported again where it is used, and fails there with its reason
            continue
