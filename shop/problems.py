"""Why an action may not go on, as values and not as text.

A rule answers with problems; `wording` modules turn their codes into sentences per audience. A
blocker refuses, an approval waits for a second person, a warning only informs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Blocker:
    """Nothing goes on until this is cured."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ApprovalNeeded:
    """A second person with the right role must agree."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Warning:
    """Shown beside the action; does not stop it."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


Problem = Blocker | ApprovalNeeded | Warning


def blockers(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems that stop an action: blockers and approvals not yet given."""
    return tuple(problem for problem in problems if not isinstance(problem, Warning))
