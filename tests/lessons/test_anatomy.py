"""Every lesson has the same sections in both languages, the same code, and a notebook made from its text."""

import json

import pytest

from commsim.lessons import anatomy

SOURCES = anatomy.sources()
PAIRS = sorted({source.path.name for source in SOURCES})


def of(name, lang):
    return next(source for source in SOURCES if (source.path.name, source.lang) == (name, lang))


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: f"{s.lang} {s.path.stem}")
def test_anatomy(source):
    assert anatomy.faults(source) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: f"{s.lang} {s.path.stem}")
def test_the_notebook_is_the_one_that_its_text_makes(source):
    fresh = source.notebook.read_text(encoding="utf-8") == anatomy.made_from(source)
    assert fresh, "stale; run: python -m commsim.lessons.anatomy"
    book = json.loads(source.notebook.read_text(encoding="utf-8"))
    assert all(not cell.get("outputs") for cell in book["cells"])


@pytest.mark.parametrize("name", PAIRS)
def test_code_is_the_same_in_both_languages(name):
    zh, en = (of(name, lang).read() for lang in ("zh", "en"))
    assert [c.cell_type for c in zh.cells] == [c.cell_type for c in en.cells]
    code = [[c.source for c in book.cells if c.cell_type == "code"] for book in (zh, en)]
    assert code[0] == code[1] and len(code[0]) > 5


MISTAKES = {
    "a section is missing": ("## 这是什么\n", "", "sections"),
    "half-width punctuation": ("押错了更好，", "押错了更好,", "half-width"),
    "words in code": ('cs.check("notice")', 'print("你好")', "human language"),
    "a sentence in code": ('cs.check("notice")', 'print("well done then")', "human language"),
    "a comment in code": ('cs.check("notice")', 'cs.check("notice")  # now', "human language"),
    "two lines": ('cs.check("notice")', 'cs.check("notice")\n1', "one line"),
    "a third panel": ('cs.explain("notice-1")', 'cs.run("notice-1")', "panels"),
    "other minutes": ("minutes: 30", "minutes: 25", "minutes"),
    "an answer is missing": ("<details><summary>看看别人怎么说</summary>多数", "<p>多数", "hidden answer"),
    "a key point is missing": ("- 没人反对，先问有几户看到了。\n", "", "key points"),
    "an objective is missing": ("- 说清楚公示期里“没人反对”说明了什么；\n", "", "objectives"),
    "a picture from elsewhere": ("下星期就能做的", "![](https://x.org/a.png)", "elsewhere"),
    "a directive": ("下星期就能做的", "\n:::note\n", "directives"),
}


@pytest.mark.parametrize("old, new, said", MISTAKES.values(), ids=MISTAKES)
def test_the_lint_finds(tmp_path, old, new, said):
    text = of("06_notice.md", "zh").path.read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "06_notice.md"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(said in fault for fault in anatomy.faults(anatomy.Source(broken, "zh")))
