"""The one place where questions to a network are counted, over all workers and machines: Redis.

The script beside this file decides, by Redis's own clock, so that machines need not agree about the
time. Decided here: the keys, and that without Redis nobody is granted anything (fail closed). Keys
hold network codes and lookup ids, never an IMEI.
"""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from carriers.pace.policy import (
    BACKGROUND_AT_ONCE,
    LONGEST_WAIT_S,
    REDIS_AWAY_S,
    SLOWED_S,
    Pace,
    Turn,
    Why,
    budget_of,
    is_urgent,
)

log = structlog.stdlib.get_logger("carriers.pace")

PREFIX = "shop:pace"
TIMEOUT_S = 0.5
"""A person may be waiting behind the worker that asks."""
SCRIPT = Path(__file__).with_suffix(".lua").read_text(encoding="utf-8")
AWAY = Turn(REDIS_AWAY_S * 1000, Why.UNKNOWN)


def take_slot(site: str, pace: Pace, *, rank: int, asker: str, call: timedelta) -> Turn:
    """Ask for the next slot of `site` now; a granted one is to be used at once.

    `site` is a network code with the kind of its host (`site_of`), `rank` the lane (0 the most
    urgent), `asker` what comes back with the same wish later, `call` the longest a call takes. A
    refused asker keeps its place until a little after the moment it was told.
    """
    keys = [_key(site, part) for part in ("free", "silent", "slowed", "day", "flying")]
    keys += [_key(site, f"lane{lane}") for lane in range(rank + 1)]
    budget = budget_of(pace, rank=rank)
    arguments = [
        pace.interval_ms,
        -1 if budget is None else budget,
        0 if is_urgent(rank) else BACKGROUND_AT_ONCE,
        call // timedelta(milliseconds=1),
        asker,
        LONGEST_WAIT_S * 1000,
    ]
    try:
        client = _client(settings.REDIS_URL)
        wait_ms, why, at_ms = client.register_script(SCRIPT)(keys=keys, args=arguments)
    except (redis.RedisError, OSError) as error:
        log.warning("slots_cannot_be_counted", site=site, error=type(error).__name__)
        return AWAY
    return Turn(int(wait_ms), Why(why.decode()) if why else None, int(at_ms))


def end_call(site: str, *, asker: str) -> None:
    """Say that an unattended call is over; forgotten, its place comes free when its time is up."""
    try:
        _client(settings.REDIS_URL).zrem(_key(site, "flying"), asker)
    except (redis.RedisError, OSError) as error:
        log.warning("slots_cannot_be_counted", site=site, error=type(error).__name__)


def slow_down(site: str, *, silent: timedelta) -> None:
    """Ask `site` half as often for ten minutes, and not at all for `silent` (its Retry-After)."""
    ms = silent // timedelta(milliseconds=1)
    try:
        client = _client(settings.REDIS_URL)
        client.set(_key(site, "slowed"), 1, ex=SLOWED_S)
        if ms > 0:
            seconds, micros = client.time()
            until = seconds * 1000 + micros // 1000 + ms
            client.set(_key(site, "silent"), until, px=ms + 1000)
    except (redis.RedisError, OSError) as error:
        log.warning("slots_cannot_be_counted", site=site, error=type(error).__name__)


def site_of(network: str, *, stand_in: bool) -> str:
    """Return the name under which a network's slots are counted; practice sites count apart."""
    return f"{network}:{'stand-in' if stand_in else 'own'}"


def _key(site: str, part: str) -> str:
    # The braces keep all keys of a site on one machine of a Redis cluster.
    return f"{PREFIX}:{{{site}}}:{part}"


@cache
def _client(url: str) -> Any:
    """Return this process's client, shared by its threads. redis-py's own types promise too much:
    the same methods answer with awaitables, hence Any."""
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        health_check_interval=5,
        # A second try after a time-out could take two slots, or none.
        retry=Retry(NoBackoff(), 0),
    )
