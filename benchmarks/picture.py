"""Draw the picture of the README again, from the present model: docs/pictures/trust_zh.svg and trust_en.svg.

    python benchmarks/picture.py

The comparison is the one that `make demo` makes: Jinyang's estate, a year, twenty worlds (a minute or two).
"""

from pathlib import Path

from commsim.experiments import compare
from commsim.show import figures
from commsim.words import LANGUAGES

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"


def main() -> None:
    found = compare("jinyang", ["before", "jinyang_2016"], scale="estate", days=365, worlds=20)
    for lang in LANGUAGES:
        print(figures.save(figures.over_time(found, lang=lang), PICTURES / f"trust_{lang}.svg", lang))


if __name__ == "__main__":
    main()
