"""The gates before signing and before the phone becomes ours.

Decided here: what still stops a signature or a conclusion, and whether a drawing counts as a
signature. A gate re-asks every gate below it (their problems come in as they are) and compares
fingerprints; it never trusts a state (DESIGN §3).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shop.problems import Blocker, Problem


class Code(StrEnum):
    """Every problem this module can answer with itself."""

    OFFER_NOT_ACCEPTED = "offer-not-accepted"
    IDENTITY_CHANGED = "identity-changed"
    CONTRACT_MISSING = "contract-missing"
    CONTRACT_CHANGED = "contract-changed"
    TEXT_NOT_ADOPTED = "text-not-adopted"
    ON_HOLD = "sign-on-hold"
    SIGNATURE_MISSING = "signature-missing"
    SIGNATURE_MALFORMED = "signature-malformed"
    SIGNATURE_SHORT = "signature-too-short"
    SIGNATURE_SMALL = "signature-too-small"
    SIGNATURE_LONG = "signature-too-long"
    STATEMENTS_OPEN = "statements-open"
    PHONE_NOT_IN_HAND = "phone-not-in-hand"
    GLYPH_MISSING = "glyph-missing"


@dataclass(frozen=True, slots=True)
class SignFacts:
    """What signing depends on, read again at the moment of signing.

    `contract_shown` is the fingerprint of the contract the signing page displayed, `contract_now`
    the one it would have if it were made now; the same for the identity it was made with. None is
    “there is none”. `below` are the problems of the gates below as they found them: the offer, the
    carriers' answers of the day, the identity, the seller.
    """

    offer_accepted: bool
    contract_shown: str | None
    contract_now: str | None
    contract_identity: str | None
    identity_now: str | None
    text_adopted: bool
    on_hold: bool
    below: tuple[Problem, ...] = ()


def sign_problems(facts: SignFacts) -> tuple[Problem, ...]:
    """Return what stops a signature: own problems first, then those of the gates below.

    A changed identity has changed the contract too, so only the cause is named. Without a contract
    there is nothing to compare.
    """
    exists = facts.contract_shown is not None
    identity_moved = exists and facts.contract_identity != facts.identity_now
    contract_moved = exists and facts.contract_shown != facts.contract_now
    table = (
        (facts.on_hold, Code.ON_HOLD),
        (not facts.offer_accepted, Code.OFFER_NOT_ACCEPTED),
        (not exists, Code.CONTRACT_MISSING),
        (identity_moved, Code.IDENTITY_CHANGED),
        (contract_moved and not identity_moved, Code.CONTRACT_CHANGED),
        (not facts.text_adopted, Code.TEXT_NOT_ADOPTED),
    )
    return (*(Blocker(code) for applies, code in table if applies), *facts.below)


@dataclass(frozen=True, slots=True)
class ConcludeFacts:
    """What concluding depends on: all that signing does, the signature, the phone in our hand.

    `signed_contract` is the fingerprint the signature was given for, None without a signature.
    """

    sign: SignFacts
    signed_contract: str | None
    phone_in_hand: bool


def conclude_problems(facts: ConcludeFacts) -> tuple[Problem, ...]:
    """Return what stops the phone from becoming ours: every problem of signing, then the signature
    (missing, or for another contract than today's) and the phone."""
    problems = list(sign_problems(facts.sign))
    moved = facts.signed_contract != facts.sign.contract_now
    said = {problem.code for problem in problems}
    if facts.signed_contract is None:
        problems.append(Blocker(Code.SIGNATURE_MISSING))
    elif moved and not said & {Code.CONTRACT_CHANGED, Code.IDENTITY_CHANGED}:
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
