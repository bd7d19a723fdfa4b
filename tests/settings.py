"""The settings of tests and type checks: the real ones, with an environment that needs nothing.

The database is set by tests/conftest.py once its own PostgreSQL is up. Argon2 is slow on purpose,
so tests hash with MD5; the manifest of static files needs a build, so tests serve them plain.
"""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("DATABASE_URL", "postgres://app:app@127.0.0.1:1/none")
os.environ.setdefault("OWNER_DATABASE_URL", "postgres://owner:owner@127.0.0.1:1/none")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
os.environ.setdefault("VAR_DIR", tempfile.gettempdir() + "/buyback-tests")
os.environ.setdefault("DEMO", "1")
os.environ.setdefault("LOG_LEVEL", "WARNING")

from config.settings import *  # noqa: F403  # the environment must be set first; these are the settings
from config.settings import STORAGES  # the same

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 0.2, "socket_timeout": 1}
WHITENOISE_AUTOREFRESH = True  # finds the files where they lie; nothing is collected in tests
