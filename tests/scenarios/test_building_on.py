"""Rules that make sense only after, or beside, others are refused where they are alone."""

import pytest

import commsim.scenarios as scenarios
from commsim.errors import UserError

TEXT = """\
id: small
title: {zh: 小院, en: Small yard}
story: {zh: 一个小院子。, en: A small yard.}
scales:
  yard:
    people: 120
policies:
  alone:
    title: {zh: 单独, en: Alone}
    rules:
      - {rule: home_visits}
RULES
"""


def loaded(tmp_path, *rules):
    file = tmp_path / "small.yaml"
    file.write_text(TEXT.replace("RULES", "\n".join(f"      - {rule}" for rule in rules)), encoding="utf-8")
    return scenarios.load(file)


def fault_of(tmp_path, *rules):
    with pytest.raises(UserError) as caught:
        loaded(tmp_path, *rules)
    for lang in ("zh", "en"):
        assert "small.yaml" in caught.value.text(lang)
    return caught.value


@pytest.mark.parametrize("others", [
    (), ("{rule: icebreaker}",), ("{rule: online_group, start: 61}",), ("{rule: coaching, start: 90}",),
])  # fmt: skip
def test_a_leaders_group_without_groups_is_refused_with_its_line(tmp_path, others):
    fault = fault_of(tmp_path, *others, "{rule: leaders_group, start: 60}")
    assert fault.key == "leaders_without_groups" and fault.facts["value"] == "leaders_group"
    assert fault.facts["line"] == 12 + len(others)


@pytest.mark.parametrize("other", ["{rule: online_group}", "{rule: coaching, start: 60}",
                                   "{rule: online_group, end: 30}"])  # fmt: skip
def test_a_leaders_group_after_groups_is_accepted(tmp_path, other):
    rules = loaded(tmp_path, "{rule: leaders_group, start: 60}", other).rules("alone")
    assert [rule.name for rule in rules] == ["home_visits", "leaders_group", rules[2].name]


@pytest.mark.parametrize("rule, wanted", [("tracking", "coaching"), ("audit", "coaching"), ("easy_voting", "vote"),
                                          ("deliberation_group", "pre_screening")])  # fmt: skip
def test_a_rule_that_does_nothing_alone_needs_the_other_on_the_same_days(tmp_path, rule, wanted):
    for others in ((), (f"{{rule: {wanted}, end: 10}}",)):
        fault = fault_of(tmp_path, *others, f"{{rule: {rule}, start: 20}}")
        assert fault.key == "needs_another_rule" and fault.facts["allowed"] == wanted
        assert fault.facts["line"] == 12 + len(others)
    assert loaded(tmp_path, f"{{rule: {wanted}, start: 30}}", f"{{rule: {rule}, start: 20}}").rules("alone")
