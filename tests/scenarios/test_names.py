"""Names read off a scenario's text are those of the scenario as it is loaded."""

import pytest

from commsim import scenarios
from commsim.scenarios.names import names_under

UNUSUAL = """# policies: no
scales:   # of this place

    small: {people: 10}
    # large: later
    tiny:
      people: 3
id: x
"""


@pytest.mark.parametrize("name", scenarios.available())
def test_names_are_those_of_the_loaded_scenario(name):
    found = scenarios.load(name)
    assert names_under("policies", name) == list(found.policies)
    assert names_under("scales", name) == list(found.scales)


def test_comments_blank_lines_and_another_indent(tmp_path):
    (tmp_path / "x.yaml").write_text(UNUSUAL, encoding="utf-8")
    assert names_under("scales", str(tmp_path / "x.yaml")) == ["small", "tiny"]
    assert names_under("policies", str(tmp_path / "x.yaml")) == []


def test_a_file_that_cannot_be_read_has_no_names(tmp_path):
    (tmp_path / "gbk.yaml").write_bytes("id: 晋阳".encode("gb18030"))
    assert names_under("scales", str(tmp_path / "gbk.yaml")) == names_under("scales", "no/such.yaml") == []
