"""What the clock starts: offers that have run out end their deal."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from buyback.pricing import services


def expire() -> int:
    """End the deals whose offer is no longer valid; safe to run at any time and twice."""
    return services.expire_offers(timezone.now())


expire_offers: Any = shared_task(name="buyback.pricing.jobs.expire_offers")(expire)
