"""Whether a person's identity was verified the way the law wants (古物営業法15条, 施行規則15条).

Decided here: which documents count at the counter, age on a day, and what is wrong with what was
presented. Not decided here: the age limit and the accepted documents of a store (arguments) and
who may see what was recorded. The facts are in law.md §1; they are to be confirmed with the police
of the prefecture.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from shop.problems import Blocker, Problem


class Code(StrEnum):
    """Every problem this module can answer with."""

    METHOD_NOT_VALID = "method-not-valid"
    NOT_ACCEPTED = "document-not-accepted"
    EXPIRY_MISSING = "document-expiry-missing"
    EXPIRED = "document-expired"
    ISSUE_DATE_MISSING = "document-issue-date-missing"
    ADDRESS_NOT_SHOWN = "address-not-shown"
    NAME_DIFFERS = "name-differs"
    ADDRESS_DIFFERS = "address-differs"
    BIRTH_DATE_DIFFERS = "birth-date-differs"
    BORN_LATER = "birth-date-in-future"
    TOO_YOUNG = "too-young"
    PHOTO_DIFFERS = "photo-differs"
    SHOWN_LATER = "shown-in-future"
    NOT_TAKEN = "identity-not-taken"
    SELLER_NOT_RECORDED = "seller-not-recorded"
    SELLER_CHANGED = "seller-changed-since-identity"


@dataclass(frozen=True, slots=True)
class Method:
    """A way of verifying (law.md §1.2): its legal basis and the days between which it counts
    (both included; None is open)."""

    code: str
    basis: str
    valid_from: date | None = None
    valid_to: date | None = None

    def counts_on(self, day: date) -> bool:
        """Return whether the method may be used on `day`."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


PRESENTATION = Method("presentation", "古物営業法15条1項1号・施行規則15条1項1号")
"""Presentation of a document at the counter: law.md §1.2, F1."""
METHODS: Mapping[str, Method] = MappingProxyType({PRESENTATION.code: PRESENTATION})


@dataclass(frozen=True, slots=True)
class Document:
    """One kind of paper (law.md §1.5).

    `has_expiry`: it carries a date after which it proves nothing. `shows_address_until`: issued
    after this day it has no address page. `front_only`: the back may not be copied or noted.
    `accepted`: the default of a new store.
    """

    code: str
    has_expiry: bool
    shows_address_until: date | None = None
    front_only: bool = False
    accepted: bool = True


_DOCUMENTS = (
    Document("driving_licence", has_expiry=True),
    Document("driving_history", has_expiry=False),
    Document("my_number_card", has_expiry=True, front_only=True),
    Document("residence_card", has_expiry=True),
    Document("special_permanent_resident", has_expiry=True),
    Document("basic_resident_card", has_expiry=True),
    Document("passport", has_expiry=True, shows_address_until=date(2020, 2, 3)),
    Document("qualification_certificate", has_expiry=True, front_only=True, accepted=False),
)
DOCUMENTS: Mapping[str, Document] = MappingProxyType({paper.code: paper for paper in _DOCUMENTS})
"""Papers issued once per person that show address, name and age or birth date. Health insurance
cards (expired by 2025-12-01) and the My Number notice are not among them. Whether the
qualification certificate counts differs by police force, so it is off until the owner asked."""
ACCEPTED: frozenset[str] = frozenset(paper.code for paper in _DOCUMENTS if paper.accepted)


@dataclass(frozen=True, slots=True)
class Presented:
    """What a person at the counter saw.

    `document` is a code of `DOCUMENTS`. `name_matches`, `address_matches`, `birth_date_matches`:
    the paper agrees with the seller's record, `photo_matches`: with the person, as the staff member
    ticked. `birth_on` is the birth date on the paper, `shown_on` the business day it was shown.
    `issued_on` is asked for a paper that has no address page from some day on. `second_paper`:
    another paper with the address was shown too (補完書類).
    """

    document: str
    birth_on: date
    shown_on: date
    name_matches: bool
    address_matches: bool
    birth_date_matches: bool = True
    photo_matches: bool = True
    expires_on: date | None = None
    issued_on: date | None = None
    second_paper: bool = False


def age_on(birth_on: date, day: date) -> int:
    """Return the age in full years on `day`.

    年齢計算ニ関スル法律 counts the birth day, so a year of age is complete at the last moment of
    the day before the birthday. In the course of a day at a counter that means: one year older
    from the birthday on. Who is born on 29 February completes the year at the end of 28 February,
    and so is older from 1 March in a common year. Raises `ValueError` for a day before the birth.
    """
    if day < birth_on:
        raise ValueError("not born yet")
    not_yet = (day.month, day.day) < (birth_on.month, birth_on.day)
    return day.year - birth_on.year - not_yet


def identity_problems(
    presented: Presented,
    *,
    on: date,
    minimum_age: int,
    method: Method = PRESENTATION,
    accepted: frozenset[str] = ACCEPTED,
) -> tuple[Problem, ...]:
    """Return what is wrong with the identity on the business day `on` of the purchase.

    Age and expiry are judged on `on`, not on the day of showing: a paper good until `on` itself
    counts. `minimum_age` is in full years (18 in most prefectures, law.md §4), `accepted` the
    document codes this store takes.
    """
    problems: list[Problem] = []
    if not method.counts_on(on):
        problems.append(Blocker(Code.METHOD_NOT_VALID, {"method": method.code}))
    problems += _document_problems(presented, on, accepted)
    shows_address = Code.ADDRESS_NOT_SHOWN not in {problem.code for problem in problems}
    table = (
        (not presented.name_matches, Code.NAME_DIFFERS),
        (not presented.address_matches and shows_address, Code.ADDRESS_DIFFERS),
        (not presented.birth_date_matches, Code.BIRTH_DATE_DIFFERS),
        (not presented.photo_matches, Code.PHOTO_DIFFERS),
        (presented.shown_on > on, Code.SHOWN_LATER),
    )
    problems += [Blocker(code) for applies, code in table if applies]
    return (*problems, *age_problems(presented.birth_on, on=on, minimum_age=minimum_age))


def age_problems(birth_on: date, *, on: date, minimum_age: int) -> tuple[Problem, ...]:
    """Return whether a person is too young to sell on `on` (in full years), or not born yet."""
    if birth_on > on:
        return (Blocker(Code.BORN_LATER),)
    age = age_on(birth_on, on)
    if age < minimum_age:
        return (Blocker(Code.TOO_YOUNG, {"age": age, "minimum": minimum_age}),)
    return ()


def _document_problems(
    presented: Presented, on: date, accepted: frozenset[str]
) -> tuple[Problem, ...]:
    paper = DOCUMENTS.get(presented.document)
    if paper is None or paper.code not in accepted:
        return (Blocker(Code.NOT_ACCEPTED, {"document": presented.document}),)
    problems: list[Problem] = []
    if paper.has_expiry and presented.expires_on is None:
        problems.append(Blocker(Code.EXPIRY_MISSING, {"document": paper.code}))
    if presented.expires_on is not None and presented.expires_on < on:
        when = {"document": paper.code, "expired_on": presented.expires_on.isoformat()}
        problems.append(Blocker(Code.EXPIRED, when))
    if paper.shows_address_until is not None and not presented.second_paper:
        if presented.issued_on is None:
            problems.append(Blocker(Code.ISSUE_DATE_MISSING, {"document": paper.code}))
        elif presented.issued_on > paper.shows_address_until:
            problems.append(Blocker(Code.ADDRESS_NOT_SHOWN, {"document": paper.code}))
    return tuple(problems)
