"""The kernel of our doors: an ordinary ipykernel that loads the model while the browser loads its page."""

from __future__ import annotations

import threading


def _load() -> None:
    from contextlib import suppress

    with suppress(Exception):  # whatever is wrong is told by the lesson itself
        from commsim import engine
        from commsim.lessons import panel, talk  # noqa: F401

        engine.warm()


if __name__ == "__main__":
    from ipykernel import kernelapp

    threading.Thread(target=_load, daemon=True).start()
    kernelapp.launch_new_instance()
