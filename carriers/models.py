"""Everything Django stores for `carriers`; nobody but Django imports this."""

from carriers.checks.models import Check, CheckAnswer, Lookup, LookupAttempt, NetworkMode

__all__ = ["Check", "CheckAnswer", "Lookup", "LookupAttempt", "NetworkMode"]
