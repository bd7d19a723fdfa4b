"""A queue that nobody hears: stamped through itself, seen by managers and by machines inside."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from config.celery import app
from shop.canary.models import WorkerBeat
from shop.canary.queries import DEAF_AFTER, queues
from shop.canary.tasks import stamp, stamp_queue

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def test_each_queue_has_a_canary_every_half_minute() -> None:
    canaries = {
        entry["args"][0]: entry
        for entry in app.conf.beat_schedule.values()
        if entry["task"] == stamp_queue.name
    }
    assert set(canaries) == set(settings.CELERY_TASK_QUEUES)
    for queue, entry in canaries.items():
        assert entry["options"]["queue"] == queue  # through the queue it speaks for
        assert entry["schedule"].run_every == timedelta(seconds=30)
        assert entry["options"]["expires"] <= 30  # canaries do not pile up before a deaf worker


def test_a_canary_leaves_the_time_once_for_each_queue() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        stamp("lookups")
        clock.shift(30)
        stamp("lookups")
    beat = WorkerBeat.objects.get()
    assert (beat.queue, beat.at) == ("lookups", NOW + timedelta(seconds=30))


@pytest.mark.parametrize(
    ("age", "deaf"),
    [(timedelta(0), False), (DEAF_AFTER, False), (DEAF_AFTER + timedelta(seconds=1), True)],
)
def test_a_queue_is_deaf_after_two_minutes(age: timedelta, deaf: bool) -> None:
    WorkerBeat.objects.create(queue="lookups", at=NOW - age)
    found = {queue.name: queue for queue in queues(now=NOW)}
    assert set(found) == set(settings.CELERY_TASK_QUEUES)
    assert found["lookups"].deaf is deaf
    assert found["documents"].deaf  # never heard
    assert found["documents"].heard_at is None


def readyz(client: Client, query: str = "", **extra: str) -> tuple[int, str]:
    answer = client.get(f"/readyz{query}", **extra)  # type: ignore[arg-type]  # WSGI names
    return answer.status_code, answer.content.decode()


def test_machines_inside_see_the_queues(client: Client) -> None:
    stamp("lookups")
    status, text = readyz(client)
    assert status == 200  # people go on by hand
    assert "queue lookups: heard 0 s ago" in text
    assert "queue documents: deaf, never heard" in text
    WorkerBeat.objects.update(at=timezone.now() - timedelta(seconds=200))
    assert "queue lookups: deaf, heard 200 s ago" in readyz(client)[1]


def test_whoever_watches_one_queue_gets_a_no_when_it_is_deaf(client: Client) -> None:
    stamp("lookups")
    assert readyz(client, "?queue=lookups")[0] == 200
    assert readyz(client, "?queue=documents")[0] == 503


@pytest.mark.parametrize(
    "extra",
    [
        {"REMOTE_ADDR": "8.8.8.8"},
        {"REMOTE_ADDR": "2606:4700::1111"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"REMOTE_ADDR": ""},
    ],
)
def test_outside_learns_only_that_pages_are_served(client: Client, extra: dict[str, str]) -> None:
    assert readyz(client, "?queue=documents", **extra) == (200, "ok\n")
