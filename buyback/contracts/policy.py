"""The gates before signing and before the phone becomes ours.

Decided here: what still stops a signature or a conclusion, and whether a drawing counts as a
signature. A gate re-asks every gate below it (their problems come in as they are) and compares
fingerprints; it never trusts a state (DESIGN §3).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.problems import Blocker, Problem


class Code(StrEnum):
    """Every problem this module can answer with itself."""

    OFFER_NOT_ACCEPTED = "offer-not-accepted"
    QUOTE_EXPIRED = "sign-quote-expired"
    FACTS_CHANGED = "sign-facts-changed"
    IDENTITY_MISSING = "identity-missing"
    IDENTITY_CHANGED = "identity-changed"
    CONTRACT_MISSING = "contract-missing"
    CONTRACT_CHANGED = "contract-changed"
    TEXT_NOT_ADOPTED = "text-not-adopted"
    SELLER_INCOMPLETE = "seller-incomplete"
    ON_HOLD = "sign-on-hold"
    SIGNATURE_MISSING = "signature-missing"
    SIGNATURE_MALFORMED = "signature-malformed"
    SIGNATURE_SHORT = "signature-too-short"
    SIGNATURE_SMALL = "signature-too-small"
    SIGNATURE_LONG = "signature-too-long"
    PHONE_NOT_IN_HAND = "phone-not-in-hand"


@dataclass(frozen=True, slots=True)
class SignFacts:
    """What signing depends on, read again at the moment of signing.

    `…_made_from` is the fingerprint stored with an artefact, `…_now` the one recomputed now; None
    is “there is none”. `contract_shown` is the contract the signing page displayed. The three
    tuples are the problems of the gates below: the checks of all items asked for the same day, the
    identity, the seller's record.
    """

    offer_accepted: bool
    quote_expires_at: datetime
    quote_made_from: str
    facts_now: str
    contract_shown: str | None
    contract_now: str | None
    contract_identity: str | None
    identity_now: str | None
    text_adopted: bool
    on_hold: bool
    check_problems: tuple[Problem, ...] = ()
    identity_problems: tuple[Problem, ...] = ()
    seller_problems: tuple[Problem, ...] = ()


def sign_problems(facts: SignFacts, *, now: datetime) -> tuple[Problem, ...]:
    """Return what stops a signature at `now` (aware).

    A quote counts up to, not including, `quote_expires_at`. An incomplete seller is one problem
    with the `count` of what is missing, followed by the problems themselves.
    """
    identity_moved = facts.contract_identity != facts.identity_now
    contract_moved = facts.contract_shown != facts.contract_now
    table = (
        (facts.on_hold, Code.ON_HOLD),
        (not facts.offer_accepted, Code.OFFER_NOT_ACCEPTED),
        (now >= facts.quote_expires_at, Code.QUOTE_EXPIRED),
        (facts.quote_made_from != facts.facts_now, Code.FACTS_CHANGED),
        (facts.identity_now is None, Code.IDENTITY_MISSING),
        (facts.identity_now is not None and identity_moved, Code.IDENTITY_CHANGED),
        (facts.contract_now is None, Code.CONTRACT_MISSING),
        (facts.contract_now is not None and contract_moved, Code.CONTRACT_CHANGED),
        (not facts.text_adopted, Code.TEXT_NOT_ADOPTED),
    )
    problems: list[Problem] = [Blocker(code) for applies, code in table if applies]
    if facts.seller_problems:
        count = len(facts.seller_problems)
        problems.append(Blocker(Code.SELLER_INCOMPLETE, {"count": count}))
    below = (*facts.check_problems, *facts.identity_problems, *facts.seller_problems)
    return (*problems, *below)


@dataclass(frozen=True, slots=True)
class ConcludeFacts:
    """What concluding depends on: all that signing does, the signature, the phone in our hand.

    `signed_contract` is the fingerprint the signature was given for, None without a signature.
    """

    sign: SignFacts
    signed_contract: str | None
    phone_in_hand: bool


def conclude_problems(facts: ConcludeFacts, *, now: datetime) -> tuple[Problem, ...]:
    """Return what stops the phone from becoming ours at `now`: every problem of signing, then the
    signature (missing, or for another contract than today's) and the phone."""
    problems = list(sign_problems(facts.sign, now=now))
    moved = facts.signed_contract != facts.sign.contract_now
    if facts.signed_contract is None:
        problems.append(Blocker(Code.SIGNATURE_MISSING))
    elif moved and Code.CONTRACT_CHANGED not in {problem.code for problem in problems}:
        problems.append(Blocker(Code.CONTRACT_CHANGED))
    if not facts.phone_in_hand:
        problems.append(Blocker(Code.PHONE_NOT_IN_HAND))
    return tuple(problems)


MIN_POINTS = 10
"""Points over all strokes: fewer is a tap or a slip, not a name."""
MIN_EXTENT_PX = 40
"""CSS pixels the drawing must span across or down, so that ten points in one place do not count."""
MAX_POINTS = 20_000
"""More than a hand writes in some minutes; refuses a flood."""

MAX_COORDINATE_PX = 100_000
"""No screen is wider; a number beyond is not from a hand."""


def signature_problems(strokes: object) -> tuple[Problem, ...]:
    """Return why a drawing is no signature; `strokes` is parsed JSON from the page.

    Shape: a list of strokes, each a list of points `{"x": px, "y": px, "t": ms}` with finite
    numbers (more keys are ignored). No stroke or no point at all is “missing”.
    """
    if not strokes:
        return (Blocker(Code.SIGNATURE_MISSING),)
    points = _points(strokes)
    if points is None:
        return (Blocker(Code.SIGNATURE_MALFORMED),)
    if not points:
        return (Blocker(Code.SIGNATURE_MISSING),)
    if len(points) > MAX_POINTS:
        return (Blocker(Code.SIGNATURE_LONG, {"points": len(points), "maximum": MAX_POINTS}),)
    if len(points) < MIN_POINTS:
        return (Blocker(Code.SIGNATURE_SHORT, {"points": len(points), "minimum": MIN_POINTS}),)
    if max(_extent([x for x, _ in points]), _extent([y for _, y in points])) < MIN_EXTENT_PX:
        return (Blocker(Code.SIGNATURE_SMALL, {"minimum": MIN_EXTENT_PX}),)
    return ()


def _extent(numbers: Sequence[float]) -> float:
    return max(numbers) - min(numbers)


def _points(strokes: object) -> list[tuple[float, float]] | None:
    """Return (x, y) of every point, or None where the shape is not the agreed one."""
    if not isinstance(strokes, list) or not all(isinstance(stroke, list) for stroke in strokes):
        return None
    found = [_point(point) for stroke in strokes for point in stroke]
    good = [point for point in found if point is not None]
    return good if len(good) == len(found) else None


def _point(point: object) -> tuple[float, float] | None:
    if not isinstance(point, dict):
        return None
    x, y, t = (_number(point.get(key)) for key in ("x", "y", "t"))
    if x is None or y is None or t is None or not (_on_screen(x) and _on_screen(y)):
        return None
    return x, y


def _number(value: object) -> float | None:
    """Return a finite JSON number; a bool is none, and NaN and infinity are not finite."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _on_screen(number: float) -> bool:
    return abs(number) <= MAX_COORDINATE_PX
