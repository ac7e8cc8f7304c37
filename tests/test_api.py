"""The public names: quick to import, loaded when used, helpful when mistyped, enough for a whole study."""

import json
import subprocess
import sys

import pytest

import commsim as cs

YARD = """\
id: yard
title: {zh: 小院, en: Yard}
story: {zh: 一个小院子。, en: A small yard.}
burn_in: 30
scales:
  small: {people: 60}
policies:
  before:
    title: {zh: 从前, en: Before}
    rules: []
  group:
    title: {zh: 开群, en: Group}
    rules: [{rule: online_group, poster: 2}]
"""


@pytest.fixture
def yard(tmp_path):
    file = tmp_path / "yard.yaml"
    file.write_text(YARD, encoding="utf-8")
    return file


def python(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_import_is_quick_and_loads_nothing_heavy():
    code = ("import sys, json, time; began = time.perf_counter(); import commsim; took = time.perf_counter() - began\n"
            "heavy = ['numpy', 'numba', 'mesa', 'pandas', 'pydantic', 'matplotlib', 'joblib']\n"
            "print(json.dumps([took, [m for m in heavy if m in sys.modules]]))")  # fmt: skip
    tries = [python(code) for _ in range(3)]
    assert min(took for took, _ in tries) <= 0.3
    assert all(loaded == [] for _, loaded in tries)


def test_a_study_without_views_loads_no_mesa():
    code = ("import sys, json, commsim as cs; cs.load('jinyang'); cs.compare; cs.report; cs.rules; cs.measures\n"
            "from commsim import engine\n"
            "print(json.dumps([m for m in ('mesa', 'networkx') if m in sys.modules]))")  # fmt: skip
    assert python(code) == []


def test_every_public_name_is_there():
    assert dir(cs) == sorted(cs.__all__) and len(cs.__all__) == len(set(cs.__all__))
    for name in cs.__all__:
        assert getattr(cs, name) is not None
    from commsim import agents, community, experiments, show

    assert cs.Community is community.Community and cs.branch is community.branch
    assert cs.compare is experiments.compare and cs.report is show.report and cs.Renter is agents.Renter


def test_an_unknown_name_is_an_attribute_error_with_the_nearest(monkeypatch):
    assert not hasattr(cs, "Comunity")
    for lang, says in (("en", 'Did you mean "Community"?'), ("zh", "是不是想写“Community”？")):
        monkeypatch.setenv("COMMSIM_LANG", lang)
        with pytest.raises(AttributeError, match="no attribute 'Comunity'") as mistake:
            cs.Comunity  # noqa: B018
        assert says in str(mistake.value)
    with pytest.raises(ImportError):
        from commsim import nothing_of_that_name  # noqa: F401


def test_the_page_of_the_package_names_every_public_name():
    for name in set(cs.__all__) - {"__version__", "scenarios"}:
        assert f"cs.{name}" in cs.__doc__, name


def test_a_scenario_from_python():
    jinyang = cs.load("jinyang")
    assert {"before", "online_groups", "icebreakers", "notice_and_vote", "jinyang_2016"} <= set(jinyang.policies)
    assert jinyang.policies["before"].title["zh"] and jinyang.horizon == 1095
    assert all(number.source for number in jinyang.numbers())
    share = next(n for n in jinyang.numbers() if n.path.endswith("renter_share"))
    assert share.low <= share.value <= share.high


def test_a_comparison_from_python_by_path(yard, tmp_path):
    found = cs.compare(yard, ["before", "group"], days=15, worlds=2, jobs=1)
    assert (found.worlds, found.stopped_because, found.policies) == (2, "fixed", ["before", "group"])
    assert found.measures["coverage"]["by_policy"]["group"]["diff"] > 0
    again = cs.compare(str(yard), ["before", "group"], "small", 15, 2, 1)
    assert again.as_data() == found.as_data() == cs.compare(cs.load(yard), ["before", "group"], days=15, worlds=2,
                                                            jobs=1).as_data()  # fmt: skip
    cs.report.write(found, tmp_path / "report.html", lang="zh")
    assert "<html" in (tmp_path / "report.html").read_text(encoding="utf-8")[:500]


def test_a_comparison_from_python_by_id():
    found = cs.compare("jinyang", ["before", "online_groups"], scale="courtyard", days=3, worlds=1, jobs=1)
    assert (found.scenario, found.people, found.classroom, found.days) == ("jinyang", 300, True, 3)


def test_mistakes_in_a_comparison_are_told():
    for wrong, says in (
        ({"scenario": "jinyan", "policies": ["before", "group"]}, '"jinyang"'),
        ({"policies": ["before", "icebreaker"]}, '"icebreakers"'),
        ({"policies": ["before"]}, "before"),
        ({"policies": ["before", "before"]}, "before"),
        ({"policies": ["before", "icebreakers"], "days": 0}, "days"),
        ({"policies": ["before", "icebreakers"], "days": True}, "days"),
        ({"policies": ["before", "icebreakers"], "worlds": -1}, "worlds"),
        ({"policies": ["before", "icebreakers"], "scale": "courtyrd"}, '"courtyard"'),
    ):
        with pytest.raises(cs.UserError) as mistake:
            cs.compare(**{"scenario": "jinyang", **wrong})
        assert says in mistake.value.text("en")
        assert mistake.value.text("zh") != mistake.value.text("en")
