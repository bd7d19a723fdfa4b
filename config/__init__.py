"""The ground: settings, urls, the Celery app, embedded servers and the process runner.

Business rules live in buyback, inventory, carriers and shop; nothing there imports from here.
"""

from config.celery import app as celery_app

__all__ = ["celery_app"]
