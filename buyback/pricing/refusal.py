"""How the offer gate's problems become one refusal, and whom it asks for the sentences."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from buyback.deals import wording as deals
from buyback.inspection import wording as inspection
from buyback.pricing import wording as pricing
from carriers.checks import wording as checks
from shop.problems import Problem
from shop.refusal import Speaker, first_who_knows, refusal_of, refuse_blocking
from shop.wording import Audience

SPEAKERS: tuple[Speaker, ...] = (
    pricing.sentence,
    inspection.sentence,
    checks.sentence,
    deals.sentence,
)


def sentence(problem: Problem, audience: Audience = Audience.STAFF) -> str:
    """Return what `problem` of these gates says. Raises `KeyError` for any other."""
    return first_who_knows(SPEAKERS, problem, audience)


def refused(problems: Iterable[Problem]) -> ValidationError:
    """Return the refusal that says every problem once; it names devices where there are several."""
    found = tuple(problems)
    several = any(problem.params.get("position", 1) != 1 for problem in found)
    return refusal_of(found, _of_device if several else sentence)


def _of_device(problem: Problem) -> str:
    """Return the sentence with the device in front, where the problem names one."""
    position = problem.params.get("position")
    if position is None:
        return sentence(problem)
    return _("Device %(number)s: %(sentence)s") % {
        "number": position,
        "sentence": sentence(problem),
    }


def refuse_if(problems: Iterable[Problem]) -> None:
    """Raise the refusal for the problems that block; warnings pass."""
    refuse_blocking(problems, refused)
