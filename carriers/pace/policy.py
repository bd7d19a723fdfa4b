"""How gently a network is asked: how often, how much in a day, at what hours, and who goes first.

Decided here: the pace until an owner sets another, quiet hours, what a site's “later” means. Not
decided here: who has the next slot, over all workers (`slots`), and what a lookup does meanwhile.
Rates are nowhere published (carriers.md §11): these are our manners, not anybody's permission.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime
from enum import StrEnum

JST = timezone(timedelta(hours=9), "JST")
"""Days and quiet hours are Japan's; Japan has no summer time."""

URGENT_RANKS = 2
"""Lanes 0 and 1 (counter, deal): a person is waiting. All behind them ask by themselves."""
BACKGROUND_SHARE = 80
"""Percent of a day's budget that lanes nobody waits for may use: the rest is the counter's."""
BACKGROUND_AT_ONCE = 3
"""Calls of lanes nobody waits for, to one network at one time: five silent networks then hold 15
of a worker's 20 threads, and the counter finds one free."""

SLOWED_S = 600
"""Seconds for which a network that said “too many” is asked half as often."""
TOO_BUSY = frozenset({429, 503})
"""HTTP: too many requests; service unavailable. Both may carry Retry-After."""
MAX_RETRY_AFTER_S = 24 * 3600
REDIS_AWAY_S = 10
"""Seconds until somebody looks again whether the slots can be counted."""
LONGEST_WAIT_S = 900
"""Seconds after which whoever only waits in line asks anew: the line may have become shorter."""
PERSON_WAITS_S = 60
"""Seconds that a person at the counter is left waiting for a slot; beyond, a person answers."""


class Why(StrEnum):
    """What a lookup waits for."""

    RATE = "rate"
    """The network's next slot."""
    LANE = "lane"
    """Somebody more urgent."""
    BUSY = "busy"
    """Its own lane asks as much at once as it may."""
    PAUSED = "paused"
    """The site said “later” (Retry-After)."""
    BUDGET = "budget"
    """Tomorrow: today's questions are used up."""
    QUIET = "quiet"
    """Morning: nobody asks by itself at night."""
    BREAKER = "breaker"
    """The network's breaker: it is not asked for the time being."""
    UNKNOWN = "unknown"
    """Redis: without it nobody can count, so nobody asks."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How one network is asked: one question every `interval_ms` over all workers and machines.

    `daily_budget` questions a day (Japan's; None: no limit). From `quiet_from` until `quiet_until`
    (Japan's time, may go over midnight; equal: never) nothing asks by itself.
    """

    interval_ms: int
    daily_budget: int | None
    quiet_from: time
    quiet_until: time


OWN_SITE = Pace(3_000, 300, time(22), time(8))
"""A network's own site: “one request at a time, seconds apart” (carriers.md §12)."""
STAND_IN = Pace(10, None, time(0), time(0))
"""A practice site of ours: nobody is disturbed, and the demo shall be quick."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The answer to “may I ask now?”: yes when `wait_ms` is 0, else in so many ms, and why.

    `at_ms` is the moment by the clock of whoever counts (Redis), 0 where nobody counted.
    """

    wait_ms: int
    why: Why | None = None
    at_ms: int = field(default=0, compare=False)

    @property
    def granted(self) -> bool:
        """Say whether the question may be asked now."""
        return self.wait_ms == 0

    @property
    def wait(self) -> timedelta:
        """Return how long to wait."""
        return timedelta(milliseconds=self.wait_ms)


GO = Turn(0)


def is_urgent(rank: int) -> bool:
    """Say whether a person waits for a lookup of the lane with this rank (0 is the counter)."""
    return rank < URGENT_RANKS


def budget_of(pace: Pace, *, rank: int) -> int | None:
    """Return how many questions of a day may have been asked before this lane asks no more."""
    if pace.daily_budget is None or is_urgent(rank):
        return pace.daily_budget
    return pace.daily_budget * BACKGROUND_SHARE // 100


def quiet_wait(pace: Pace, *, rank: int, now: datetime) -> Turn:
    """Return the wait until the quiet hours end; `GO` outside them and for urgent lanes.

    A seller at the counter is never sent home for the hour: quiet hours are for what asks by
    itself. `now` is aware.
    """
    if is_urgent(rank) or pace.quiet_from == pace.quiet_until:
        return GO
    local = now.astimezone(JST)
    clock = local.time()
    over_midnight = pace.quiet_from > pace.quiet_until
    if over_midnight:
        quiet = clock >= pace.quiet_from or clock < pace.quiet_until
    else:
        quiet = pace.quiet_from <= clock < pace.quiet_until
    if not quiet:
        return GO
    ends = datetime.combine(local.date(), pace.quiet_until, JST)
    if ends <= local:
        ends += timedelta(days=1)
    return Turn(max(1, round((ends - local) / timedelta(milliseconds=1))), Why.QUIET)


def hands_over(turn: Turn, *, rank: int) -> bool:
    """Say whether a person answers rather than wait for this turn.

    Only where a person waits and the wait is long. Without Redis the lookup stays the machine's:
    it is told at the counter, and whoever likes takes it over.
    """
    return (
        is_urgent(rank)
        and turn.why is not Why.UNKNOWN
        and turn.wait > timedelta(seconds=PERSON_WAITS_S)
    )


def retry_after_s(header: str, *, now: datetime) -> int:
    """Return the seconds that a Retry-After header asks for, 0 where it says nothing readable.

    Both forms of RFC 9110 §10.2.3 are read, seconds and a date; a day is the longest.
    """
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), MAX_RETRY_AFTER_S)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return 0
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0, min(round((when - now).total_seconds()), MAX_RETRY_AFTER_S))


def worst_second(moments_ms: Sequence[int]) -> int:
    """Return the largest number of moments (ms, in order) within any one sliding second."""
    worst, first = 0, 0
    for last, moment in enumerate(moments_ms):
        while moment - moments_ms[first] >= 1000:
            first += 1
        worst = max(worst, last - first + 1)
    return worst
