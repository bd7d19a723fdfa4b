"""How problems become one refusal: every sentence once, and the code of the first.

The sentences stay with the packages that find the problems; a caller names whom to ask for them.
"""

from collections.abc import Callable, Iterable, Sequence

from django.core.exceptions import ValidationError

from shop.problems import Problem, blockers
from shop.wording import Audience

Speaker = Callable[[Problem, Audience], str]
"""A package's `wording.sentence`: raises `KeyError` for a code of another package."""


def first_who_knows(speakers: Sequence[Speaker], problem: Problem, audience: Audience) -> str:
    """Return what `problem` says, from the first of `speakers` who knows its code.

    Raises `KeyError` for a code nobody knows: a test walks all codes of all packages.
    """
    for speak in speakers:
        try:
            return speak(problem, audience)
        except KeyError:
            continue
    raise KeyError(problem.code)


def refusal_of(problems: Iterable[Problem], say: Callable[[Problem], str]) -> ValidationError:
    """Return the refusal that says every problem (once) and carries the code of the first."""
    found = tuple(problems)
    said = dict.fromkeys(say(problem) for problem in found)
    error = ValidationError([ValidationError(text) for text in said])
    error.code = found[0].code
    return error


def refuse_blocking(
    problems: Iterable[Problem], refused: Callable[[tuple[Problem, ...]], ValidationError]
) -> None:
    """Raise the refusal for the problems that block; warnings pass."""
    if blocking := blockers(problems):
        raise refused(blocking)
