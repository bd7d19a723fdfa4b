"""How the problems of the contract gate become one refusal, and whom it asks for the sentences."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from buyback.contracts import wording as contracts
from buyback.identity import wording as identity
from buyback.pricing import refusal as pricing
from buyback.sellers import wording as sellers
from shop.problems import Problem
from shop.refusal import Speaker, first_who_knows, refusal_of, refuse_blocking
from shop.wording import Audience

SPEAKERS: tuple[Speaker, ...] = (
    contracts.sentence,
    identity.sentence,
    sellers.sentence,
    pricing.sentence,
)


def sentence(problem: Problem, audience: Audience = Audience.STAFF) -> str:
    """Return what `problem` of these gates says. Raises `KeyError` for any other."""
    return first_who_knows(SPEAKERS, problem, audience)


def refused(problems: Iterable[Problem]) -> ValidationError:
    """Return the refusal that says every problem (once) and carries the code of the first."""
    return refusal_of(problems, sentence)


def refuse_if(problems: Iterable[Problem]) -> None:
    """Raise the refusal for the problems that block; warnings pass."""
    refuse_blocking(problems, refused)
