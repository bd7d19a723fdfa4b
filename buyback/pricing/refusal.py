"""How a gate's problems become one refusal: every sentence, and the code of the first.

The sentences stay with the packages that find the problems; here stands where they are looked for.
"""

from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from buyback.deals import wording as deals
from buyback.inspection import wording as inspection
from buyback.pricing import wording as pricing
from carriers.checks import wording as checks
from shop.problems import Problem, blockers
from shop.wording import Audience

SPEAKERS: tuple[Callable[[Problem, Audience], str], ...] = (
    pricing.sentence,
    inspection.sentence,
    checks.sentence,
    deals.sentence,
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
    several = any(problem.params.get("position", 1) != 1 for problem in found)
    said = dict.fromkeys(_of_device(problem) if several else sentence(problem) for problem in found)
    error = ValidationError([ValidationError(text) for text in said])
    error.code = found[0].code
    return error


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
    if blocking := blockers(problems):
        raise refused(blocking)
