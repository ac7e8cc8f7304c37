"""What every lesson's notebook must be: the same sections in the same order, short, and made of one-line cells.

``notebooks/sources/LANG/NN_name.md`` is the text that people write (MyST through jupytext);
``notebooks/LANG/NN_name.ipynb``, which people open, is made from it without outputs:

    python -m commsim.lessons.anatomy          make all notebooks anew, after checking their texts
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from commsim.errors import UserError
from commsim.lessons.items import lesson
from commsim.shipped import shipped
from commsim.words import LANGUAGES

SECTIONS = {
    "zh": ("先讲个故事", "这是什么", "先押一注", "跑一跑", "你看到了什么", "为什么", "再试一试", "考考自己",
           "回到你的社区", "往下走", "记住这几条"),
    "en": ("A story", "What it is", "Place your bet", "Run it", "What you saw", "Why", "Try it", "Check yourself",
           "Back to your community", "Going on", "Key points"),
}  # fmt: skip
STORY = {"zh": (100, 260), "en": (60, 120)}  # characters; words
LONGEST = {"zh": 1700, "en": 1100}
CODE_CELLS, PANELS, MINUTES = 8, 2, 30


@dataclass(frozen=True)
class Source:
    """One lesson's text in one language."""

    path: Path
    lang: str

    @property
    def notebook(self) -> Path:
        return shipped("notebooks") / self.lang / f"{self.path.stem}.ipynb"

    def read(self):
        import jupytext

        return jupytext.read(self.path, fmt="md:myst")


def sources() -> list[Source]:
    """All texts of lessons, in both languages."""
    folder = shipped("notebooks") / "sources"
    return [Source(path, lang) for lang in LANGUAGES for path in sorted((folder / lang).glob("*.md"))]


def made_from(source: Source) -> str:
    """The notebook of a text: no outputs, cells named by their order."""
    import nbformat

    book = source.read()
    for number, cell in enumerate(book.cells):
        cell["id"], cell["metadata"] = f"{source.path.stem.replace('_', '-')}-{number}", {}
    book.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "commsim": {"lesson": book.metadata["lesson"], "lang": source.lang, "minutes": book.metadata["minutes"]},
    }
    book.nbformat, book.nbformat_minor = 4, 5
    return nbformat.writes(book) + "\n"


def faults(source: Source) -> list[str]:
    """What is wrong with a text, one line each; none when it is as it must be."""
    book, lang = source.read(), source.lang
    code = [cell.source for cell in book.cells if cell.cell_type == "code"]
    words = "\n\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    found = []
    headings = tuple(re.findall(r"^## (.+)$", words, re.M))
    if headings != SECTIONS[lang]:
        found.append(f"sections are {headings}, must be {SECTIONS[lang]}")
        return found
    parts = dict(zip(("title", *SECTIONS[lang]), re.split(r"^## .+$", words, flags=re.M), strict=True))
    if len(re.findall(r"^# .+$", words, re.M)) != 1:
        found.append("there must be one title")
    if str(book.metadata.get("minutes")) not in parts["title"]:
        found.append("the minutes of the front matter do not stand under the title")
    if not 5 <= int(book.metadata.get("minutes", 0)) <= MINUTES:
        found.append(f"minutes must lie between 5 and {MINUTES}")
    low, high = STORY[lang]
    if not low <= _length(parts[SECTIONS[lang][0]], lang) <= high:
        found.append(f"the story has {_length(parts[SECTIONS[lang][0]], lang)}, must have {low} to {high}")
    if _length(words, lang) > LONGEST[lang]:
        found.append(f"the text has {_length(words, lang)}, at most {LONGEST[lang]}")
    questions = re.findall(r"^\d\. ", parts[SECTIONS[lang][4]], re.M)
    if not 2 <= len(questions) <= 3 or parts[SECTIONS[lang][4]].count("<details>") != len(questions):
        found.append("what you saw: two or three questions, each with a hidden answer")
    checks = len(lesson(book.metadata["lesson"]).checks)
    counts = {"objectives": _points(parts["title"]), "key points": _points(parts[SECTIONS[lang][10]])}
    found += [f"{number} {name} for {checks} self-checks" for name, number in counts.items() if number != checks]
    return found + _code_faults(code) + _plain_faults(words, lang)


def _code_faults(code) -> list[str]:
    found = []
    if len(code) > CODE_CELLS:
        found.append(f"{len(code)} code cells, at most {CODE_CELLS}")
    if sum("cs.run(" in cell for cell in code) > PANELS:
        found.append(f"more than {PANELS} panels")
    for cell in code:
        texts = [node.value for node in ast.walk(ast.parse(cell))
                 if isinstance(node, ast.Constant) and isinstance(node.value, str)]  # fmt: skip
        if not cell.isascii() or "#" in cell or any(" " in text for text in texts):
            found.append(f"human language in a code cell: {cell!r}")
    for cell in code[1:-1]:
        if "\n" in cell.strip():
            found.append(f"a learner's cell is one line: {cell!r}")
    return found


def _plain_faults(words, lang) -> list[str]:
    found = []
    if re.search(r"^:::|^```\{|\{\w+\}`", words, re.M):
        found.append("directives look broken in JupyterLab: plain Markdown only")
    if re.search(r"https?://|<img|<script", words):
        found.append("nothing may be loaded from elsewhere")
    if lang == "zh" and (half := re.search(r"[\u4e00-\u9fff][,.;:?!]|[,;:?!][\u4e00-\u9fff]", words)):
        found.append(f"half-width punctuation in Chinese: {half.group()!r}")
    return found


def _points(text: str) -> int:
    return len(re.findall(r"^- ", text, re.M))


def _length(text: str, lang: str) -> int:
    """Chinese characters, or English words."""
    return len(re.findall(r"[\u4e00-\u9fff]", text)) if lang == "zh" else len(re.findall(r"\b[\w’'-]+\b", text))


def main() -> None:
    for source in sources():
        wrong = faults(source)
        if wrong:
            sys.exit("\n".join(f"{source.path.name} ({source.lang}): {line}" for line in wrong))
        source.notebook.parent.mkdir(parents=True, exist_ok=True)
        source.notebook.write_text(made_from(source), encoding="utf-8")
        print(source.notebook)


if __name__ == "__main__":
    try:
        main()
    except UserError as mistake:
        sys.exit(mistake.text())
