"""The gates before signing and concluding, one cause at a time, and what counts as a signature."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buyback.contracts.policy import (
    MAX_POINTS,
    MIN_EXTENT_PX,
    MIN_POINTS,
    Code,
    ConcludeFacts,
    SignFacts,
    conclude_problems,
    sign_problems,
    signature_problems,
)
from shop.problems import Blocker

SIGN = SignFacts(
    offer_accepted=True,
    contract_shown="c1",
    contract_now="c1",
    contract_identity="i1",
    identity_now="i1",
    text_adopted=True,
    on_hold=False,
)
CONCLUDE = ConcludeFacts(sign=SIGN, signed_contract="c1", phone_in_hand=True)
BELOW = Blocker("check-not-today", {"networks": "docomo"})

CAUSES = [
    (replace(SIGN, offer_accepted=False), [Code.OFFER_NOT_ACCEPTED]),
    (replace(SIGN, identity_now=None, contract_now=""), [Code.IDENTITY_CHANGED]),
    (replace(SIGN, identity_now="i2", contract_now="c2"), [Code.IDENTITY_CHANGED]),
    (replace(SIGN, contract_shown=None, contract_now=None), [Code.CONTRACT_MISSING]),
    (replace(SIGN, contract_shown="c0"), [Code.CONTRACT_CHANGED]),
    (replace(SIGN, contract_now=""), [Code.CONTRACT_CHANGED]),
    (replace(SIGN, text_adopted=False), [Code.TEXT_NOT_ADOPTED]),
    (replace(SIGN, on_hold=True), [Code.ON_HOLD]),
    (replace(SIGN, below=(BELOW,)), [BELOW.code]),
]


def codes(facts: SignFacts) -> list[str]:
    return [problem.code for problem in sign_problems(facts)]


def test_nothing_stops_a_complete_deal() -> None:
    assert codes(SIGN) == []
    assert conclude_problems(CONCLUDE) == ()


@pytest.mark.parametrize(("facts", "expected"), CAUSES)
def test_each_cause_stops_signing_by_itself(facts: SignFacts, expected: list[str]) -> None:
    assert codes(facts) == expected


@pytest.mark.parametrize(("facts", "expected"), CAUSES)
def test_concluding_asks_every_gate_of_signing_again(facts: SignFacts, expected: list[str]) -> None:
    signed = replace(CONCLUDE, sign=facts, signed_contract=facts.contract_now or "c1")
    found = [problem.code for problem in conclude_problems(signed)]
    assert found[: len(expected)] == expected


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(CONCLUDE, signed_contract=None), Code.SIGNATURE_MISSING),
        (replace(CONCLUDE, signed_contract="c0"), Code.CONTRACT_CHANGED),
        (replace(CONCLUDE, phone_in_hand=False), Code.PHONE_NOT_IN_HAND),
    ],
)
def test_concluding_needs_signature_and_phone(facts: ConcludeFacts, code: Code) -> None:
    assert [problem.code for problem in conclude_problems(facts)] == [code]


def test_a_changed_contract_is_named_once() -> None:
    both = replace(CONCLUDE, sign=replace(SIGN, contract_shown="c0"), signed_contract="c0")
    assert [p.code for p in conclude_problems(both)] == [Code.CONTRACT_CHANGED]


# --- signature -------------------------------------------------------------------------------


def stroke(points: int = 30, step: float = 3) -> list[dict[str, float]]:
    return [{"x": 10 + step * n, "y": 20.5, "t": 16 * n} for n in range(points)]


def signature_codes(strokes: object) -> list[str]:
    return [problem.code for problem in signature_problems(strokes)]


def test_a_name_is_a_signature() -> None:
    assert signature_codes([stroke()]) == []
    assert signature_codes([stroke(5, 20), stroke(5, 20)]) == []
    upright = [{"x": 1, "y": 9 * n, "t": n} for n in range(10)]
    assert signature_codes([upright]) == []


@pytest.mark.parametrize("strokes", [None, [], [[]], [[], []], "", {}])
def test_nothing_is_no_signature(strokes: object) -> None:
    assert signature_codes(strokes) == [Code.SIGNATURE_MISSING]


def test_a_dot_or_a_tick_is_no_signature() -> None:
    assert signature_codes([stroke(1)]) == [Code.SIGNATURE_SHORT]
    assert signature_codes([stroke(MIN_POINTS - 1, 100)]) == [Code.SIGNATURE_SHORT]
    assert signature_codes([stroke(500, 0)]) == [Code.SIGNATURE_SMALL]
    small = (MIN_EXTENT_PX - 1) / (MIN_POINTS - 1)
    assert signature_codes([stroke(MIN_POINTS, small)]) == [Code.SIGNATURE_SMALL]
    assert signature_codes([stroke(MAX_POINTS + 1)]) == [Code.SIGNATURE_LONG]


@pytest.mark.parametrize(
    "text",
    [
        '"drawing"',
        "[1]",
        "[[1]]",
        '[[{"x": 1, "y": 2}]]',
        '[[{"x": "1", "y": 2, "t": 3}]]',
        '[[{"x": true, "y": 2, "t": 3}]]',
        '[[{"x": NaN, "y": 2, "t": 3}]]',
        '[[{"x": 1, "y": Infinity, "t": 3}]]',
        '[[{"x": 1, "y": 2, "t": NaN}]]',
        '[[{"x": 1e6, "y": 2, "t": 3}]]',
        '[[{"x": 1%s, "y": 2, "t": 3}]]' % ("0" * 400),
        '[{"x": 1, "y": 2, "t": 3}]',
    ],
)
def test_it_refuses_any_other_shape(text: str) -> None:
    assert signature_codes(json.loads(text)) == [Code.SIGNATURE_MALFORMED]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyt"), inner, max_size=3)
    ),
)


@given(JSON)
def test_no_input_makes_it_fall_over(strokes: object) -> None:
    assert signature_problems(strokes)
