"""A mistake in a scenario file is answered with line, column, what is allowed and the nearest name."""

import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import commsim.scenarios as scenarios
from commsim.errors import UserError
from commsim.scenarios.schema import OWN

SMALL = """\
id: small
title: {zh: 小院, en: Small yard}
story: {zh: 一个小院子。, en: A small yard.}
scales:
  yard:
    people: 120
settings:
  renter_share: 0.3
rules:
  three_notices:
    rule: notice
    objectors: 5
policies:
  before:
    title: {zh: 从前, en: Before}
    rules: []
  voting:
    title: {zh: 投票, en: Voting}
    rules:
      - three_notices
      - {rule: vote, start: 30, share: 0.66}
"""


def load_text(tmp_path, text, encoding="utf-8"):
    file = tmp_path / "small.yaml"
    file.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return scenarios.load(file)


def fault_of(tmp_path, text, encoding="utf-8"):
    with pytest.raises(UserError) as caught:
        load_text(tmp_path, text, encoding)
    fault = caught.value
    for lang in ("zh", "en"):
        assert "{" not in fault.text(lang).replace("{value", "") and fault.text(lang)
    return fault


def place_of(text, words):
    """Line and column, from 1, of ``words`` in ``text``."""
    before = text[: text.index(words)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def test_a_small_file_of_ones_own(tmp_path):
    small = load_text(tmp_path, SMALL)
    assert small.scale().name == "yard"
    assert small.households() == round(120 / 2.67)
    assert small.burn_in == 730 and small.horizon == 1095
    vote = small.rules("voting")[1]
    assert (vote.name, vote.start, vote.share, vote.days) == ("vote", 30, 0.66, 7)
    sources = {n.path: n.source for n in small.numbers()}
    assert sources["settings.renter_share"] == OWN and sources["policies.voting.rules.1.share"] == OWN
    assert scenarios.source_in_words(OWN, "zh") == "自填"


def test_a_scenario_travels_to_another_process(tmp_path):
    small = load_text(tmp_path, SMALL)
    assert pickle.loads(pickle.dumps(small)) == small


@pytest.mark.parametrize(
    ("old", "new", "key", "at", "near"),
    [
        ("settings:", "setings:", "key_unknown", "setings", "settings"),
        ("renter_share: 0.3", "renter_shar: 0.3", "setting_unknown", "renter_shar:", "renter_share"),
        ("renter_share: 0.3", "renter_share: 3", "value_out_of_range", "3\nrules", None),
        ("renter_share: 0.3", "renter_share: .nan", "not_finite", ".nan", None),
        ("renter_share: 0.3", "renter_share: -.inf", "not_finite", "-.inf", None),
        ("renter_share: 0.3", "renter_share: 1e999", "not_finite", "1e999", None),
        ("renter_share: 0.3", "renter_share: many", "not_number", "many", None),
        ("renter_share: 0.3", "renter_share: true", "not_number", "true", None),
        ("renter_share: 0.3", "renter_share: {value: 0.3, surce: x}", "key_unknown", "surce", "source"),
        ("renter_share: 0.3", "renter_share: {value: 0.3, range: [0.4, 0.5]}",
         "value_outside_its_range", "0.3, range", None),
        ("renter_share: 0.3", "renter_share: {value: 0.3, range: [0.6, 0.1]}", "not_range", "[0.6, 0.1]", None),
        ("renter_share: 0.3", "renter_share: {value: 0.3, range: [0.1, 1.6]}", "range_beyond_limits",
         "[0.1, 1.6]", None),
        ("renter_share: 0.3", "group_members: 121", "members_over_people", "121", None),
        ("renter_share: 0.3", "renter_share: {value: 0.3, range: 5}", "not_list", "5}", None),
        ("renter_share: 0.3", "renter_share: {value: 0.3, range: [0.1]}", "not_range", "[0.1]", None),
        ("renter_share: 0.3", "class_1: 0.9", "shares_over_one", "0.9", None),
        ("renter_share: 0.3", "project_subsidy: 50000", "subsidy_over_cost", "50000", None),
        ("people: 120", "people: 5", "value_out_of_range", "5\nsettings", None),
        ("people: 120", "people: 120.5", "not_whole", "120.5", None),
        ("people: 120", "people: 120\n    households: 115\n    clasroom: true", "key_unknown", "clasroom",
         "classroom"),
        ("people: 120", "people: 120\n    households: 12", "household_mean", "people", None),
        ("people: 120", "people: 120\n    classroom: 1", "not_bool", "1\nsettings", None),
        ("people: 120", "people: 120\n    rules:\n      tree_notices: {objectors: 2}",
         "named_rule_unknown", "tree_notices", "three_notices"),
        ("people: 120", "people: 120\n    rules:\n      three_notices: {objectors: -2}",
         "value_out_of_range", "-2}", None),
        ("rule: notice", "rule: notise", "rule_unknown", "notise", "notice"),
        ("    rule: notice\n", "", "key_missing", "objectors", None),
        ("objectors: 5", "objektors: 5", "argument_unknown", "objektors", "objectors"),
        ("objectors: 5", "objectors: 5.5", "not_whole", "5.5", None),
        ("objectors: 5", "objectors: ten", "not_number", "ten", None),
        ("objectors: 5", "hearing: 3", "not_bool", "3\npolicies", None),
        ("objectors: 5", "among: residents", "value_unknown", "residents", None),
        ("objectors: 5", "among: affectd", "value_unknown", "affectd", "affected"),
        ("objectors: 5", "operator: 4", "not_text", "4\npolicies", None),
        ("share: 0.66", "share: 66", "value_out_of_range", "66", None),
        ("start: 30", "start: -1", "value_out_of_range", "-1", None),
        ("- three_notices", "- tree_notices", "named_rule_unknown", "tree_notices", "three_notices"),
        ("- three_notices", "- 7", "not_rule", "7\n", None),
        ("zh: 小院, en: Small yard", "zh: 小院", "language_missing", "{zh: 小院}", None),
        ("{zh: 小院, en: Small yard}", "Small yard", "language_missing", "Small yard", None),
        ("{zh: 从前, en: Before}", "{zh: 从前, en: ''}", "value_empty", "''", None),
        ("id: small", "id: ../small", "bad_id", "../small", None),
        ("id: small", "id: small\nid: twice", "key_twice", "id: twice", None),
        ("id: small\n", "", "key_missing", "title", None),
        ("id: small", "id: small\ndefault_scale: yart", "scale_unknown", "yart", "yard"),
        ("id: small", "id: small\nhorizon: 0", "value_out_of_range", "0\ntitle", None),
        ("id: small", "id: 5", "not_text", "5\ntitle", None),
        ("scales:\n  yard:\n    people: 120\n", "scales: {}\n", "value_empty", "{}", None),
        ("scales:\n  yard:\n    people: 120\n", "scales: [yard]\n", "not_mapping", "[yard]", None),
    ],
)  # fmt: skip
def test_a_mistake_is_found_where_it_stands(tmp_path, old, new, key, at, near):
    text = SMALL.replace(old, new, 1)
    assert text != SMALL
    fault = fault_of(tmp_path, text)
    assert fault.key == key
    assert (fault.facts["line"], fault.facts["column"]) == place_of(text, at)
    assert fault.facts.get("nearest") == near
    assert f"line {fault.facts['line']}" in fault.text("en")
    assert f"第 {fault.facts['line']} 行" in fault.text("zh")


def test_rules_that_disagree_are_found_on_loading(tmp_path):
    text = SMALL.replace("- three_notices", "- {rule: reply_time, hours: 24}\n      - {rule: reply_time}")
    fault = fault_of(tmp_path, text)
    assert fault.key == "rules_clash"
    assert (fault.facts["line"], fault.facts["column"]) == place_of(text, "{rule: reply_time}")
    assert "hours: 48" in fault.text("en") and "hours: 24" in fault.text("zh")
    named = SMALL.replace("- three_notices", "- three_notices\n      - {rule: notice, hearing: false, objectors: 7}")
    told = fault_of(tmp_path, named).text("en")
    assert '"notice" (objectors: 7, hearing: false) contradicts "three_notices" (objectors: 5, hearing: true)' in told
    apart = text.replace("hours: 24}", "hours: 24, end: 9}").replace("reply_time}", "reply_time, start: 9}")
    assert len(load_text(tmp_path, apart).rules("voting")) == 3


def test_a_rule_that_ends_before_it_starts_is_found_where_it_ends(tmp_path):
    text = SMALL.replace("start: 30, share: 0.66", "start: 30, end: 20, share: 0.66")
    fault = fault_of(tmp_path, text)
    assert fault.key == "ends_before_it_starts" and fault.facts["value"] == 20 and fault.facts["start"] == 30
    assert (fault.facts["line"], fault.facts["column"]) == place_of(text, "20, share")
    assert load_text(tmp_path, text.replace("end: 20", "end: 31")).rules("voting")[1].end == 31


def test_a_rule_that_ends_on_the_day_it_starts_never_holds(tmp_path):
    text = SMALL.replace("start: 30, share: 0.66", "start: 30, end: 30, share: 0.66")
    fault = fault_of(tmp_path, text)
    assert fault.key == "never_holds" and (fault.facts["line"], fault.facts["column"]) == place_of(text, "30, share")


def test_rules_about_projects_need_projects(tmp_path):
    text = SMALL.replace("renter_share: 0.3", "projects_a_year: 0")
    fault = fault_of(tmp_path, text)
    assert fault.key == "nothing_to_govern" and fault.facts["value"] == "notice"
    assert fault.facts["line"] == place_of(text, "- three_notices")[0]


def test_the_first_of_several_mistakes_is_reported(tmp_path):
    text = SMALL.replace("people: 120", "peple: 120").replace("id: small", "id: 7")
    assert fault_of(tmp_path, text).facts["line"] == 1


@pytest.mark.parametrize("broken", ["a: [1, 2", "a: b: c", "\tid: small", "id: @x", "%%%", "a: 1\n---\nb: 2",
                                    "[" * 5000, "id: *nowhere", "a: !!int x", "\x00"])  # fmt: skip
def test_what_is_not_yaml(tmp_path, broken):
    assert fault_of(tmp_path, broken).key == "file_not_yaml"


def test_not_yaml_says_where(tmp_path):
    text = SMALL.replace("renter_share: 0.3", "renter_share: [0.3")
    assert fault_of(tmp_path, text).facts["line"] == place_of(text, "rules:")[0]


@pytest.mark.parametrize(
    ("content", "key"),
    [("", "file_empty"), ("# nothing\n", "file_empty"), ("- a\n", "not_mapping"), ("hello", "not_mapping")],
)
def test_files_that_hold_no_scenario(tmp_path, content, key):
    assert fault_of(tmp_path, content).key == key


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_another_encoding(tmp_path, encoding):
    fault = fault_of(tmp_path, SMALL, encoding)
    assert fault.key == "file_encoding"
    if encoding == "gb18030":  # the two characters of line 2 are valid UTF-8 by accident
        assert fault.facts["value"] == 3
    assert "UTF-8" in fault.text("zh")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert load_text(tmp_path, SMALL, "utf-8-sig").id == "small"


def test_windows_line_ends_do_no_harm(tmp_path):
    assert load_text(tmp_path, SMALL.replace("\n", "\r\n")).id == "small"


def test_a_folder_and_no_file(tmp_path):
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(UserError) as caught:
        scenarios.load(tmp_path / "folder.yaml")
    assert caught.value.key == "file_is_folder"
    (tmp_path / "garden.yaml").write_text(SMALL, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        scenarios.load(tmp_path / "gardn.yaml")
    assert caught.value.key == "file_missing"
    assert caught.value.facts["nearest"].endswith("garden.yaml")


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UserError) as caught:
        scenarios.load(file)
    assert caught.value.key == "file_unreadable"


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(UserError) as caught:
        scenarios.load("jinyan")
    assert caught.value.key == "scenario_unknown" and caught.value.facts["nearest"] == "jinyang"


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_line_that_is_cut_or_garbled_ends_in_a_traceback(tmp_path_factory, data):
    lines = SMALL.splitlines()
    i = data.draw(st.integers(0, len(lines) - 1))
    lines[i] = data.draw(st.one_of(
        st.text(st.characters(codec="utf-8"), max_size=12),
        st.sampled_from(["", "null", "~", "- -", "? x", "!!python/object:os.system x", "&a *a", "<<: {a: 1}",
                         "2016-01-01: 1", "1: 1", "true: 1", "[a]: 1", "  people: 1" + "0" * 5000]),
        st.just(lines[i] + ": x"), st.just(lines[i].replace(" ", "", 2)), st.just(lines[i][:-2]),
    ))  # fmt: skip
    file = tmp_path_factory.mktemp("garbled") / "small.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    try:
        scenarios.load(file)
    except UserError as fault:
        assert fault.text("zh") and fault.text("en")


def test_a_misspelt_key_is_told_before_the_key_that_it_leaves_missing(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("id: mine\ntitel: {zh: 我的, en: mine}\n", encoding="utf-8")
    with pytest.raises(UserError) as told:
        scenarios.load(str(file))
    message = told.value.text("en")
    assert "line 2" in message and '"titel"' in message and '"title"' in message
