"""Age on the day, documents at the counter, and what is wrong with what was presented."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buyback.identity.policy import (
    ACCEPTED,
    DOCUMENTS,
    PRESENTATION,
    Code,
    Method,
    Presented,
    age_on,
    identity_problems,
)

TODAY = date(2026, 11, 23)
GOOD = Presented(
    document="driving_licence",
    birth_on=date(1992, 5, 1),
    shown_on=TODAY,
    name_matches=True,
    address_matches=True,
    expires_on=date(2028, 6, 1),
)


def codes(presented: Presented) -> list[str]:
    found = identity_problems(presented, on=TODAY, minimum_age=18)
    return [problem.code for problem in found]


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2008, 11, 24), TODAY, 17),
        (date(2008, 11, 23), TODAY, 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 28), 19),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2008, 3, 1), date(2026, 2, 28), 17),
        (TODAY, TODAY, 0),
    ],
)
def test_age_counts_birthdays(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age


def test_nobody_has_an_age_before_birth() -> None:
    with pytest.raises(ValueError, match="not born"):
        age_on(TODAY, TODAY - timedelta(days=1))


@given(st.dates(date(1920, 1, 1), TODAY), st.integers(0, 40_000))
def test_age_never_falls_as_days_go_by(birth: date, days: int) -> None:
    today = birth + timedelta(days=days)
    assert 0 <= age_on(birth, today + timedelta(days=1)) - age_on(birth, today) <= 1


def test_a_good_licence_has_no_problems() -> None:
    assert codes(GOOD) == []


def test_a_document_counts_until_its_last_day() -> None:
    assert codes(replace(GOOD, expires_on=TODAY)) == []
    expired = replace(GOOD, expires_on=TODAY - timedelta(days=1))
    problem = identity_problems(expired, on=TODAY, minimum_age=18)[0]
    assert problem.code == Code.EXPIRED
    assert problem.params == {"document": "driving_licence", "expired_on": "2026-11-22"}


def test_it_asks_for_the_expiry_of_papers_that_have_one() -> None:
    for code in ACCEPTED:
        paper = replace(GOOD, document=code, expires_on=None, second_paper=True)
        assert codes(paper) == ([Code.EXPIRY_MISSING] if DOCUMENTS[code].has_expiry else [])


@pytest.mark.parametrize("document", ["health_insurance_card", "qualification_certificate", ""])
def test_it_refuses_a_paper_that_is_not_accepted(document: str) -> None:
    assert codes(replace(GOOD, document=document)) == [Code.NOT_ACCEPTED]


def test_a_store_may_accept_more() -> None:
    paper = replace(GOOD, document="qualification_certificate")
    accepted = ACCEPTED | {"qualification_certificate"}
    assert identity_problems(paper, on=TODAY, minimum_age=18, accepted=accepted) == ()


def test_a_passport_without_address_page_needs_a_second_paper() -> None:
    old = replace(GOOD, document="passport", issued_on=date(2020, 2, 3))
    assert codes(old) == []
    new = replace(old, issued_on=date(2020, 2, 4), address_matches=False)
    assert codes(new) == [Code.ADDRESS_NOT_SHOWN]
    assert codes(replace(new, address_matches=True, second_paper=True)) == []
    assert codes(replace(new, second_paper=True)) == [Code.ADDRESS_DIFFERS]
    assert codes(replace(old, issued_on=None)) == [Code.ISSUE_DATE_MISSING]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (replace(GOOD, name_matches=False), Code.NAME_DIFFERS),
        (replace(GOOD, address_matches=False), Code.ADDRESS_DIFFERS),
        (replace(GOOD, birth_date_matches=False), Code.BIRTH_DATE_DIFFERS),
        (replace(GOOD, photo_matches=False), Code.PHOTO_DIFFERS),
        (replace(GOOD, shown_on=TODAY + timedelta(days=1)), Code.SHOWN_LATER),
        (replace(GOOD, birth_on=TODAY + timedelta(days=1)), Code.BORN_LATER),
        (replace(GOOD, birth_on=date(2008, 11, 24)), Code.TOO_YOUNG),
    ],
)
def test_it_names_what_differs(changed: Presented, code: Code) -> None:
    assert codes(changed) == [code]


def test_too_young_says_both_ages() -> None:
    young = replace(GOOD, birth_on=date(2008, 11, 24))
    assert identity_problems(young, on=TODAY, minimum_age=18)[0].params == {
        "age": 17,
        "minimum": 18,
    }


def test_a_method_counts_between_its_dates() -> None:
    assert PRESENTATION.counts_on(TODAY)
    image = Method("image", "規則15条3項8号", date(2026, 1, 1), date(2027, 3, 31))
    assert image.counts_on(date(2026, 1, 1))
    assert image.counts_on(date(2027, 3, 31))
    assert not image.counts_on(date(2027, 4, 1))
    late = identity_problems(GOOD, on=TODAY, minimum_age=18, method=replace(image, valid_to=TODAY))
    assert late == ()
    over = replace(image, valid_to=TODAY - timedelta(days=1))
    found = identity_problems(GOOD, on=TODAY, minimum_age=18, method=over)
    assert [problem.code for problem in found] == [Code.METHOD_NOT_VALID]
