"""When each queue was last heard: one row per queue, written by a task that went through it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkerBeat(models.Model):
    """The last time a worker took a canary from `queue`."""

    queue = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("sign of life of a queue")
        verbose_name_plural = _("signs of life of queues")

    def __str__(self) -> str:
        return f"{self.queue}: {self.at:%Y-%m-%d %H:%M:%S}"
