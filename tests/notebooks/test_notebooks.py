"""Every lesson's notebook runs from top to bottom, in both languages, and no cell keeps anybody waiting."""

import json
import os
import re
import time
import warnings

import nbformat
import pytest
from nbclient import NotebookClient

from commsim import engine
from commsim.lessons import anatomy
from commsim.lessons.items import lesson, lessons

SOURCES = anatomy.sources()
SLOWEST = 10.0  # seconds


@pytest.fixture(scope="module", params=SOURCES, ids=lambda source: f"{source.lang} {source.path.stem}")
def lived(request, tmp_path_factory):
    """(source, notebook with outputs, seconds of each code cell)."""
    engine.warm()
    source, seconds = request.param, {}
    book = nbformat.read(source.notebook, as_version=4)
    began = {}
    client = NotebookClient(
        book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(source.notebook.parent)}},
        on_cell_execute=lambda cell, cell_index: began.update({cell_index: time.perf_counter()}),
        on_cell_executed=lambda cell, cell_index, execute_reply: seconds.update(
            {cell_index: time.perf_counter() - began[cell_index]}),
    )  # fmt: skip
    kept = tmp_path_factory.mktemp("bets")
    first = [f"{name}-1" for name in lessons()]  # explanations wait for a bet
    (kept / "bets.json").write_text(json.dumps({name: {"value": 4} for name in first}))
    env = {**os.environ, "COMMSIM_DATA_DIR": str(kept), "COMMSIM_LANG": "en"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client.execute(env=env)
    return source, book, seconds


def outputs(book):
    return [(cell.source, output) for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]


def test_no_cell_fails_or_complains(lived):
    _, book, _ = lived
    assert [o.get("text") or o.get("ename") for _, o in outputs(book)
            if o.output_type == "error" or (o.output_type == "stream" and o.name == "stderr")] == []  # fmt: skip


def test_no_cell_takes_more_than_ten_seconds(lived):
    _, _, seconds = lived
    assert len(seconds) >= 6 and max(seconds.values()) < SLOWEST, seconds


def test_the_folder_decides_the_language(lived):
    """COMMSIM_LANG says English here, the Chinese lesson is Chinese all the same."""
    source, book, _ = lived
    said = " ".join(o.get("text", "") + o.get("data", {}).get("text/html", "") for _, o in outputs(book))
    chinese = len(re.findall(r"[\u4e00-\u9fff]", said))
    assert chinese > 300 if source.lang == "zh" else chinese == 0


def test_a_panel_leaves_a_picture_where_nothing_can_be_clicked(lived):
    source, book, _ = lived
    drawn = lesson(source.read().metadata["lesson"]).textbook  # lines, and no people to play
    panels = [o.data for cell, o in outputs(book) if cell.startswith("cs.run(") and "data" in o]
    assert len(panels) == 2
    for data in panels:
        assert "application/vnd.jupyter.widget-view+json" in data
        assert data["text/html"].count("<polyline") >= 2 if drawn else len(data["image/png"]) > 5000


# a group's own log in a notebook

NAME, TEXT, PHONE = "沈若兰", "钥匙在花盆底下", "13912345678"  # invented
CHOOSE = """
import os, pathlib
file = pathlib.Path(os.environ["A_LOG"])
panel.controls["consent"].value = True
panel.controls["upload"].value = ({"name": file.name, "type": "text/plain", "size": file.stat().st_size,
    "content": memoryview(file.read_bytes()), "last_modified": __import__("datetime").datetime.now()},)
"""
LOOK = """
for _, view in panel.controls["show"].options:
    panel.controls["show"].value = view
panel.make.click()
panel.controls["show"].value = "SHOWN"
len(panel.shown.members), panel.shown.loader["skipped"]
"""


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("shown", ["lines", "who_answers_whom", "share"])
def test_no_name_text_or_file_name_of_a_log_is_kept_in_the_notebook(tmp_path, lang, shown):
    engine.warm()
    chat = tmp_path / f"{NAME}.txt"
    lines = [f"2025-03-{1 + k // 10:02}, {8 + k % 10:02}:15 - {NAME}{k % 14}: {TEXT} @{PHONE}" for k in range(200)]
    chat.write_text("\n".join([*lines[:50], f"{TEXT} {NAME}", *lines[50:]]) + "\n", encoding="utf-8")
    cells = ["import commsim as cs", f"cs.setup({lang!r})", "panel = cs.log_panel()\npanel", CHOOSE, "panel",
             LOOK.replace("SHOWN", shown)]  # fmt: skip
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    env = {**os.environ, "COMMSIM_DATA_DIR": str(tmp_path / "data"), "A_LOG": str(chat)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        NotebookClient(book, timeout=120, kernel_name="python3", store_widget_state=True).execute(env=env)
    kept = json.dumps(book, ensure_ascii=False)
    plain = json.dumps(book)  # and as it is written to a file
    assert "(14, " in kept, kept[-3000:]
    assert len(str(book.metadata["widgets"])) > 5000, "the state of the widgets is there"
    for secret in (NAME, TEXT, PHONE, str(tmp_path), chat.name):
        assert secret not in kept and json.dumps(secret)[1:-1] not in plain
