"""How the problems of the contract gate become one refusal: every sentence, the first one's code.

The sentences stay with the packages that find the problems; here stands where they are looked for.
"""

from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError

from buyback.contracts import wording as contracts
from buyback.identity import wording as identity
from buyback.pricing import refusal as pricing
from buyback.sellers import wording as sellers
from shop.problems import Problem, blockers
from shop.wording import Audience

SPEAKERS: tuple[Callable[[Problem, Audience], str], ...] = (
    contracts.sentence,
    identity.sentence,
    sellers.sentence,
    pricing.sentence,
)


def sentence(problem: Problem, audience: Audience = Audience.STAFF) -> str:
    """Return what `problem` of these gates says. Raises `KeyError` for any other."""
    for speak in SPEAKERS:
        try:
            return speak(problem, audience)
        except KeyError:
            continue
    raise KeyError(problem.code)


def refused(problems: Iterable[Problem]) -> ValidationError:
    """Return the refusal that says every problem (once) and carries the code of the first."""
    found = tuple(problems)
    said = dict.fromkeys(sentence(problem) for problem in found)
    error = ValidationError([ValidationError(text) for text in said])
    error.code = found[0].code
    return error


def refuse_if(problems: Iterable[Problem]) -> None:
    """Raise the refusal for the problems that block; warnings pass."""
    if blocking := blockers(problems):
        raise refused(blocking)
