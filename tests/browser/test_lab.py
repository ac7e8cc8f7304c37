"""The lesson in JupyterLab, as ``commsim lab`` opens it: run, bet, move, play; in both languages, offline."""

import statistics
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import steps

IDLE = {"zh": "空闲", "en": "Idle"}
MENU = {"zh": "文件", "en": "File"}
RUN = {"zh": "运行", "en": "Run"}
LANGUAGES = [pytest.param("zh", marks=pytest.mark.xdist_group("lab zh")),
             pytest.param("en", marks=[pytest.mark.xdist_group("lab en"), pytest.mark.slow])]  # fmt: skip


@pytest.fixture(scope="module", params=LANGUAGES)
def lab(request, open_door, visit_once):
    """The lesson with all cells run and all worlds worked out, before anything was clicked in it."""
    lang = request.param
    door = open_door("lab", "course", "--lang", lang)
    page = visit_once(f"{door.root}lab?token={door.token}", 1280, 1600)  # a browser that has seen JupyterLab before
    page.wait_for_selector(".lm-MenuBar-itemLabel", timeout=60_000)
    began = time.perf_counter()
    page.goto(f"{door.root}lab/tree/06_notice.ipynb")  # with several lessons the door shows their list
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    shown = time.perf_counter() - began
    page.wait_for_function("(idle) => [...document.querySelectorAll('.jp-StatusBar-Widget *')].some("
                           "(part) => part.textContent.endsWith(`| ${idle}`))", arg=IDLE[lang], timeout=60_000)
    page.locator(".lm-MenuBar-itemLabel", has_text=RUN[lang]).click()
    page.locator("[data-command='runmenu:run-all']").click()
    page.wait_for_selector(f"{steps.PLAYER} canvas", timeout=90_000)
    picture = time.perf_counter() - began
    page.wait_for_function("document.querySelectorAll('.commsim-check').length === 1", timeout=90_000)
    steps.settled(page)
    yield SimpleNamespace(page=page, lang=lang, door=door, shown=shown, picture=picture)
    page.context.close()
    door.end()


def test_menus_and_lesson_speak_the_language(lab):
    assert lab.page.locator(".lm-MenuBar-itemLabel").first.inner_text() == MENU[lab.lang]
    assert lab.page.evaluate("document.documentElement.lang").lower().startswith(lab.lang)
    assert lab.page.locator(".csp").first.get_attribute("lang").startswith(lab.lang)


def test_every_cell_ran(lab):
    page = lab.page
    assert page.locator("[data-mime-type*=error], [data-mime-type*=stderr]").count() == 0
    page.wait_for_function("[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].every("
                           "(e) => /\\d/.test(e.textContent))", timeout=60_000)  # fmt: skip


class TestLesson(steps.Lesson):
    asked = 50

    @pytest.fixture
    def opened(self, lab):
        return lab


@pytest.mark.slow
def test_it_is_quick_enough(lab):
    waits = steps.waits(lab.page)
    median = statistics.median(waits)
    print(f"lab {lab.lang}: text {lab.shown:.1f} s, picture {lab.picture:.1f} s, slider {median:.0f} ms")
    assert lab.picture <= 10
    assert median <= 150
