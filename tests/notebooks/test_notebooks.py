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
