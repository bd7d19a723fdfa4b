"""The Celery app: which packages hold tasks, and what beat wakes when.

Celery only wakes: the rows in PostgreSQL are the jobs, so a lost message costs a few seconds and
never work. Queues and broker options are decided in settings (CELERY_*), not here.
"""

import os
import warnings
from datetime import timedelta
from typing import Final

from celery import Celery
from celery.platforms import SecurityWarning
from celery.schedules import schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Every package with a tasks.py, by name: a test compares this list with the files.
TASK_PACKAGES: Final = ("carriers.checks", "shop.canary")
# Every package with a jobs.py: what beat starts and a service does.
JOB_PACKAGES: Final = ("buyback.pricing",)

# `make run` as root in a container: tasks are JSON, which nobody can turn into code.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("shop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(list(TASK_PACKAGES))
app.autodiscover_tasks(list(JOB_PACKAGES), related_name="jobs")

# One line per job. Exactly one beat runs, and each job is safe to run twice.
app.conf.beat_schedule = {
    "sweep-lookups": {
        "task": "carriers.checks.tasks.sweep_lookups",
        "schedule": schedule(timedelta(seconds=10)),
        # A sweep that was not fetched before the next one is due is of no use to anybody.
        "options": {"queue": "lookups", "expires": 10},
    },
    "expire-offers": {
        "task": "buyback.pricing.jobs.expire_offers",
        "schedule": schedule(timedelta(hours=1)),
        "options": {"queue": "documents", "expires": 3600},
    },
    # One through each queue: a worker that is alive but deaf is seen by what does not arrive.
    **{
        f"canary-{queue}": {
            "task": "shop.canary.tasks.stamp_queue",
            "schedule": schedule(timedelta(seconds=30)),
            "args": (queue,),
            "options": {"queue": queue, "expires": 30},
        }
        for queue in ("lookups", "documents")
    },
}
