"""JupyterLab and Voilà on this computer only: started, waited for, shown in the browser, stopped.

The server runs with this very Python, listens on 127.0.0.1, wants a token, asks no other host for
anything, and gets settings of its own, so that whatever else Jupyter is set up for stays as it is.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from commsim.errors import UserError
from commsim.words import say

HOST = "127.0.0.1"
FIRST_PORT, PORTS = 8888, 100
PATIENCE = 120.0  # seconds until a server must listen; a cold disk and a slow laptop need most of a minute
GRACE = 10.0  # seconds that a server has to end by itself
IDLE, LOOK = 600, 60  # seconds: a kernel that nobody uses ends; how often that is looked at
LOCALES = {"zh": "zh_CN", "en": "en"}
TAGS = {"zh": "zh-CN", "en": "en"}
NEEDED = {"lab": ("jupyterlab", "ipykernel", "ipywidgets", "anywidget"),
          "app": ("voila", "ipykernel", "ipywidgets", "anywidget")}  # fmt: skip
_JUPYTER = Path(__file__).parent / "jupyter"  # our page for Voilà, where Jupyter looks for such things
_SHOWING = ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "anywidget"]
_NOT_HERE = ("@jupyterlab/apputils-extension:announcements", "@jupyterlab/extensionmanager-extension",
             "@jupyterlab/debugger-extension")  # what asks other hosts, and what only confuses a learner


def check_extra(door: str) -> None:
    """Complain when the parts that ``pip install 'commsim[lab]'`` brings are missing."""
    from importlib.util import find_spec

    if missing := [name for name in NEEDED[door] if find_spec(name) is None]:
        raise UserError("lab_missing", value=", ".join(missing))


def free_port(asked: int | None) -> int:
    """The port asked for, if it is free; else the first free one from 8888 on."""
    if asked is not None:
        if not _is_free(asked):
            raise UserError("port_taken", value=asked)
        return asked
    return next(filter(_is_free, range(FIRST_PORT, FIRST_PORT + PORTS)), 0) or _any_port()


def _is_free(port: int) -> bool:
    with socket.socket() as trial:
        if os.name != "nt":  # where it means "after a server that has just ended", not "beside one that runs"
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError:
            return False
        return True


def _any_port() -> int:
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        return trial.getsockname()[1]


# -- what each server is told -------------------------------------------------------------------------------


def lab(folder: Path, home: Path, private: Path, lang: str, port: int, opened: str | None) -> tuple[list[str], str]:
    """Settings of JupyterLab written to ``private`` and ``home``; the command and the address."""
    token = secrets.token_hex(24)
    settings, workspaces = home / "settings", home / "workspaces"
    _write(private / "config" / "jupyter_server_config.json", {
        "ServerApp": {**_server(port), "root_dir": str(folder), "answer_yes": True},
        "IdentityProvider": {"token": token},
        "LabApp": {
            "user_settings_dir": str(settings), "workspaces_dir": str(workspaces),
            "extension_manager": "readonly", "news_url": None,
            "check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
        },
    })  # fmt: skip
    _write(private / "config" / "labconfig" / "page_config.json", {
        "buildAvailable": False, "buildCheck": False, "disabledExtensions": {name: True for name in _NOT_HERE},
    })  # fmt: skip
    _write(settings / "@jupyterlab" / "translation-extension" / "plugin.jupyterlab-settings",
           {"locale": LOCALES[lang]})  # fmt: skip
    _write(settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings",
           {"checkForUpdates": False, "fetchNews": "false"})  # fmt: skip
    place = f"lab/tree/{quote(opened)}" if opened else "lab"
    return ["-m", "jupyterlab"], f"http://{HOST}:{port}/{place}?token={token}"


def app(notebook: Path, private: Path, lang: str, port: int) -> tuple[list[str], str]:
    """Settings of Voilà written to ``private``; the command and the address."""
    token = secrets.token_hex(24)
    waiting = {key: say(f"doors.app.{key}") for key in ("reading", "step", "no_script")}
    _write(private / "config" / "voila.json", {
        "Voila": {"ip": HOST, "port": port, "port_retries": 0, "open_browser": False, "token": token,
                  "mathjax_url": "", "log_level": "WARN",
                  # a page that is closed ends its kernel by a message that cannot carry the cookie's double;
                  # whoever sends it must know the kernel's id, and nothing else here can be posted to
                  "tornado_settings": {"disable_check_xsrf": True}},
        "VoilaConfiguration": {
            "template": "commsim", "theme": "light", "strip_sources": True,
            "allow_template_override": "NO", "allow_theme_override": "NO", "progressive_rendering": True,
            "extension_allowlist": _SHOWING, "file_allowlist": [],
            "resources": {"commsim": {"lang": TAGS[lang], **waiting}},
        },
        "MappingKernelManager": {"cull_idle_timeout": IDLE, "cull_interval": LOOK},
    })  # fmt: skip
    return ["-m", "voila", str(notebook)], f"http://{HOST}:{port}/?token={token}"


def _server(port: int) -> dict:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {"ip": HOST, "port": port, "port_retries": 0, "open_browser": False, "allow_root": root,
            "log_level": "WARN"}  # fmt: skip


def _write(path: Path, data: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")


def environment(private: Path, lang: str) -> dict[str, str]:
    """The environment of the server and its kernels; nothing is registered outside ``private``."""
    _write(private / "data" / "kernels" / "python3" / "kernel.json", {
        "argv": [sys.executable, "-m", "commsim.cli.kernel", "-f", "{connection_file}"],
        "display_name": f"commsim (Python {sys.version_info.major}.{sys.version_info.minor})",
        "language": "python", "env": {"COMMSIM_LANG": lang},
    })  # fmt: skip
    data = private / "data"
    usual = {name: value for name, value in os.environ.items() if name != "JUPYTER_CONFIG_PATH"}
    return {
        **usual,
        "COMMSIM_LANG": lang,
        "JUPYTER_CONFIG_DIR": str(private / "config"),
        "JUPYTER_DATA_DIR": str(data),
        "JUPYTER_PATH": os.pathsep.join([str(data), str(_JUPYTER)]),
        "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONUTF8": "1",
        "npm_config_cache": str(private / "npm"),  # JupyterLab asks npm for its settings where there is one
        "npm_config_update_notifier": "false",
    }


# -- from start to end ----------------------------------------------------------------------------------------


@contextlib.contextmanager
def running(command: list[str], environ: dict[str, str], port: int, log: Path, folder: Path) -> Iterator:
    """The server, once it listens; it is ended with this block, however that ends."""
    apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {"start_new_session": True}
    with open(log, "wb") as stream:  # apart: Ctrl-C reaches this program alone, which then ends the server in order
        server = subprocess.Popen([sys.executable, *command], env=environ, cwd=folder, stdin=subprocess.DEVNULL,
                                  stdout=stream, stderr=subprocess.STDOUT, **apart)  # fmt: skip
    try:
        with _ended_by_signals():
            _wait_for(server, port, log)
            yield server
    finally:
        _stop(server)


@contextlib.contextmanager
def _ended_by_signals():
    """A closed terminal and a polite kill end the server as Ctrl-C does."""
    def interrupt(*_):
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    try:
        before = {number: signal.signal(number, interrupt) for number in numbers}
    except ValueError:  # not the main thread
        before = {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_for(server: subprocess.Popen, port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.poll() is not None:
            raise UserError("server_ended", value=_last_lines(log))
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.05)
    raise UserError("server_silent", value=_last_lines(log), allowed=f"{PATIENCE:.0f}")


def wait_until_ended(server: subprocess.Popen, log: Path) -> None:
    """Until somebody ends the server from its own menu; an end with an error is told."""
    while server.poll() is None:
        time.sleep(0.2)
    if server.returncode:
        raise UserError("server_ended", value=_last_lines(log))


def _last_lines(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return "\n" + "\n".join(lines[-5:]) if lines else "-"


def _stop(server: subprocess.Popen) -> None:
    """Ask, wait, and only then insist; kernels end with their server."""
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(GRACE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def warming() -> subprocess.Popen:
    """What a lesson's first cell does, beside the starting server: kernels compiled, fonts listed."""
    return subprocess.Popen([sys.executable, "-c", "from commsim import lessons; lessons.setup()"],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


def open_browser(address: str) -> bool:
    import webbrowser

    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False
