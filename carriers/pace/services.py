"""Setting how gently a network is asked: dated rows, never edited, the newest begun one holds."""

from datetime import datetime, time

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from carriers.pace.models import LEAST_INTERVAL_MS, NetworkPace

LONGEST_INTERVAL_MS = 3_600_000


def set_pace(
    *,
    network: str,
    stand_in: bool,
    interval_ms: int,
    daily_budget: int | None,
    quiet_from: time,
    quiet_until: time,
    valid_from: datetime,
    reason: str,
    actor: User,
) -> NetworkPace:
    """Write that `network` is asked at this pace from `valid_from` (aware) on.

    `daily_budget` None is no limit; equal quiet hours are none. Raises `ValidationError` with code
    `pace-out-of-range` (a network's own site: at least 0.5 s apart, at most an hour), or
    `reason-required`.
    """
    least = 1 if stand_in else LEAST_INTERVAL_MS
    if not least <= interval_ms <= LONGEST_INTERVAL_MS or (daily_budget or 0) < 0:
        raise ValidationError(
            _("Between two questions there are %(low)s to %(high)s milliseconds."),
            code="pace-out-of-range",
            params={"low": least, "high": LONGEST_INTERVAL_MS},
        )
    if not reason.strip():
        raise ValidationError(_("Say why this is changed."), code="reason-required")
    return NetworkPace.objects.create(
        network=network,
        stand_in=stand_in,
        interval_ms=interval_ms,
        daily_budget=daily_budget,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        valid_from=valid_from,
        reason=reason.strip(),
        set_by=actor,
    )
