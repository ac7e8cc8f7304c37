"""Doors for tests: ``open_door("lab", folder)`` starts the command as a user would, in an empty home."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest


def _any_port():
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


class Door:
    """A door opened with --json; ``url``, ``root`` and ``token`` are what it told."""

    def __init__(self, home, *words):
        import matplotlib  # its list of fonts and our kernels are made once for all tests, not for each home

        from commsim.kernels import cache_folder

        env = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "VOILA"))}
        private = home / "tmp"
        private.mkdir(parents=True)
        env |= {"HOME": str(home), "USERPROFILE": str(home), "TMPDIR": str(private), "COMMSIM_LANG": "en",
                "COMMSIM_DATA_DIR": str(home / "bets"), "COMMSIM_CACHE_DIR": str(cache_folder()),
                "MPLCONFIGDIR": matplotlib.get_cachedir()}  # fmt: skip
        if "--port" not in words:  # tests run beside one another: two servers must not find the same port free
            words = *words, "--port", _any_port()
        command = [sys.executable, "-m", "commsim.cli", *map(str, words), "--no-browser", "--json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=home,
                                        text=True, encoding="utf-8")  # fmt: skip
        told = ""
        while line := self.process.stdout.readline():
            told += line
            if line.startswith("}"):
                break
        assert told, self.process.communicate()[1]
        self.told, self.home = json.loads(told), home
        self.url = self.told["url"]
        self.token = self.url.partition("?token=")[2]
        self.root = re.match(r"http://127\.0\.0\.1:\d+/", self.url)[0]

    def ask(self, path, token=True):
        """(address in the end, text) of a page, with or without the token."""
        headers = {"Authorization": f"token {self.token}"} if token else {}
        with urllib.request.urlopen(urllib.request.Request(self.root + path, headers=headers), timeout=30) as answer:
            return answer.url, answer.read().decode()

    def end(self, number=signal.SIGTERM):
        """(exit code, what was said) after a signal."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=30)
        return self.process.returncode, said


@pytest.fixture(scope="module")
def open_door(tmp_path_factory):
    if os.name != "posix":
        pytest.skip("servers are ended with signals in these tests")
    for part in ("jupyterlab", "voila", "anywidget"):
        pytest.importorskip(part, reason=f"{part} is missing (pip install '.[test]')")
    doors = []

    def opener(*words):
        doors.append(Door(tmp_path_factory.mktemp("home") / "home", *words))
        return doors[-1]

    yield opener
    for door in doors:
        if door.process.poll() is None:
            door.end()
