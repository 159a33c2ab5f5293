"""The parameters of each type of rule are judged, and kept whole."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.plan import parameters
from app.plan.models import RuleType

WHOLE: dict[str, dict[str, Any]] = {
    "cadence": {"times": 4, "longest_gap_days": 100, "gap_pauses_in": [7]},
    "mode": {"mode": "live", "at_least": 1, "at_most": 2},
    "window": {"clock": "year"},
    "representation": {"name": {"fi": "Kunnat"}, "party": {"each": "municipality"}, "level": "must"},
    "coverage": {"municipalities": 10},
    "alternation": {"kinds": ["peer", "self"], "anchor_year": 2026},
    "review": {"every_months": 24},
    "survey": {"years": [2027], "opens": "01-01", "closes": "03-31"},
    "agreement_term": {"choose_roles": ["chair"], "review": ["goals"]},
    "rotation": {"duty": "secretary"},
    "relay": {"within_days": 30},
    "deviation": {"thresholds": [{"unit": "percent", "at_least": 2.5}]},
    "privacy": {"hide_below": 5},
    "integrity": {},
}
INFINITE = {"unit": "percent", "at_least": float("inf")}


def test_every_type_has_its_parameters() -> None:
    assert set(WHOLE) == set(RuleType) == set(parameters.SHAPES)


@pytest.mark.parametrize("of", WHOLE)
def test_parameters_are_kept_as_they_will_be_read(of: str) -> None:
    kept = parameters.stored(RuleType(of), WHOLE[of])

    assert parameters.faults(RuleType(of), WHOLE[of]) == []
    assert kept.items() >= WHOLE[of].items() or of in ("representation", "deviation")
    assert parameters.stored(RuleType(of), kept) == kept


def test_what_is_left_out_is_what_it_is_by_default() -> None:
    assert parameters.stored(RuleType.cadence, {"times": 4}) == {"times": 4, "per": "year", "gap_pauses_in": []}


@pytest.mark.parametrize(
    ("of", "change", "code", "pointer"),
    [
        ("cadence", {"times": 0}, "too-small", "/times"),
        ("cadence", {"times": "many"}, "not-a-whole-number", "/times"),
        ("cadence", {"gap_pauses_in": [13]}, "too-large", "/gap_pauses_in/0"),
        ("cadence", {"often": 1}, "unknown-field", ""),
        ("mode", {"mode": "asleep"}, "not-one-of", "/mode"),
        ("mode", {"at_most": 0}, "wrong-order", "/at_most"),
        ("representation", {"party": {}}, "party-of-nobody", "/party/organisation_kind"),
        ("representation", {"at_least": 3, "at_most": 2}, "wrong-order", "/at_most"),
        ("survey", {"opens": "1.1."}, "wrong-form", "/opens"),
        ("deviation", {"thresholds": []}, "too-few", "/thresholds"),
        ("deviation", {"thresholds": [INFINITE]}, "not-a-number", "/thresholds/0/at_least"),
        ("integrity", {"x": 1}, "unknown-field", ""),
    ],
    ids=str,
)
def test_a_parameter_that_is_wrong_is_named(of: str, change: dict[str, Any], code: str, pointer: str) -> None:
    found = parameters.faults(RuleType(of), WHOLE[of] | change)

    assert [(fault.code, fault.pointer) for fault in found] == [(code, pointer)]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(list(RuleType)),
    st.dictionaries(
        st.sampled_from(sorted({name for whole in WHOLE.values() for name in whole})),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()),
    ),
)
def test_whatever_is_given_is_faulty_or_can_be_kept(of: RuleType, given_: dict[str, Any]) -> None:
    assert parameters.faults(of, given_) or isinstance(parameters.stored(of, given_), dict)
