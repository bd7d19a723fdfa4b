"""Everything Django stores for `carriers`; nobody but Django imports this."""

from carriers.checks.models import Check, CheckAnswer, Lookup, LookupAttempt, NetworkMode
from carriers.pace.models import BreakerEvent, NetworkBreaker, NetworkPace

__all__ = [
    "BreakerEvent",
    "Check",
    "CheckAnswer",
    "Lookup",
    "LookupAttempt",
    "NetworkBreaker",
    "NetworkMode",
    "NetworkPace",
]
