"""What managers see and switch of the automatic questions: breakers, paces, the queues.

What a breaker or a pace means is decided in `carriers`; here, who may change which. A breaker is a
manager's, in an emergency at any store; the pace is kept for all stores and is an owner's.
"""

from dataclasses import dataclass
from datetime import datetime, time

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from carriers.checks.client import site_to_ask
from carriers.checks.queries import breaker_sentence, clock
from carriers.checks.services import close_breaker, open_breaker
from carriers.checks.wording import BREAKER_CAUSES, network_name
from carriers.networks.registry import NETWORKS
from carriers.pace.breaker import Cause, State
from carriers.pace.models import BreakerEvent
from carriers.pace.policy import Pace
from carriers.pace.queries import breaker_history, breakers, pace_of
from carriers.pace.services import set_pace
from shop.canary.queries import queues
from shop.people.models import Membership
from shop.people.names import person_name
from shop.people.policy import Permission


@dataclass(frozen=True, slots=True)
class AutomaticScreen:
    """One network's automatic questions; `closed` when a machine asks it, `by_hand` when a person
    switched it off."""

    code: str
    name: str
    closed: bool
    by_hand: bool
    text: str
    pace: Pace
    pace_text: str
    history: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class QueueScreen:
    """One queue of the workers, in words."""

    name: str
    deaf: bool
    text: str


def automatic_screen(*, now: datetime) -> tuple[AutomaticScreen, ...]:
    """Return every network, in the registry's order. At most twelve queries."""
    stand_in = site_to_ask() is not None
    screens = []
    for one in breakers(NETWORKS):
        pace = pace_of(one.network, stand_in=stand_in, now=now)
        screens.append(
            AutomaticScreen(
                code=one.network,
                name=network_name(one.network),
                closed=one.state is State.CLOSED,
                by_hand=one.is_open and one.until is None,
                text=breaker_sentence(one, now=now),
                pace=pace,
                pace_text=said_pace(pace),
                history=tuple(_event(event, now=now) for event in breaker_history(one.network)),
            )
        )
    return tuple(screens)


def queue_screens(*, now: datetime) -> tuple[QueueScreen, ...]:
    """Return the workers' queues. One query."""
    found = []
    for queue in queues(now=now):
        if queue.heard_at is None:
            text = _("The worker of %(queue)s has not been heard yet.")
        elif queue.deaf:
            text = _("The worker of %(queue)s has not been heard since %(time)s.")
        else:
            text = _("The worker of %(queue)s was heard at %(time)s.")
        facts = {"queue": queue.name, "time": clock(queue.heard_at, now=now)}
        found.append(QueueScreen(queue.name, queue.deaf, text % facts))
    return tuple(found)


def said_pace(pace: Pace) -> str:
    """Return a pace in a sentence or three."""
    parts = [_("One question every %(ms)s ms.") % {"ms": f"{pace.interval_ms:,}"}]
    if pace.daily_budget is not None:
        parts.append(_("At most %(count)s a day.") % {"count": f"{pace.daily_budget:,}"})
    if pace.quiet_from != pace.quiet_until:
        hours = {"start": f"{pace.quiet_from:%H:%M}", "end": f"{pace.quiet_until:%H:%M}"}
        parts.append(_("Nothing asks by itself from %(start)s to %(end)s.") % hours)
    return " ".join(parts)


def switch_network(*, store_id: int, network: str, on: bool, reason: str, actor: User) -> None:
    """Switch a network's automatic questions on or off, for all stores.

    Raises `PermissionDenied`, and the codes of `carriers.checks.services.open_breaker`.
    """
    _need(store_id, actor, Permission.MANAGE)
    act = close_breaker if on else open_breaker
    act(network=network, reason=reason, actor=actor)


def change_pace(
    *,
    store_id: int,
    network: str,
    interval_ms: int,
    daily_budget: int | None,
    quiet_from: time,
    quiet_until: time,
    reason: str,
    actor: User,
) -> int:
    """Set the pace of the site that is asked now, from now on; return the row's id.

    Raises `PermissionDenied`, and the codes of `carriers.pace.services.set_pace`.
    """
    _need(store_id, actor, Permission.MANAGE_COMPANY)
    return set_pace(
        network=network,
        stand_in=site_to_ask() is not None,
        interval_ms=interval_ms,
        daily_budget=daily_budget,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        valid_from=timezone.now(),
        reason=reason,
        actor=actor,
    ).pk


def _event(event: BreakerEvent, *, now: datetime) -> tuple[str, str, str]:
    who = person_name(event.by) if event.by else ""
    words = " · ".join(part for part in (who, event.reason) if part)
    return clock(event.at, now=now), str(BREAKER_CAUSES[Cause(event.cause)]), words


def _need(store_id: int, actor: User, permission: Permission) -> None:
    found = Membership.objects.filter(store_id=store_id, user=actor).first()
    if found is None or not found.may(permission):
        raise PermissionDenied
