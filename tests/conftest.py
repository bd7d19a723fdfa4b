"""What every test shares: a database of its own as role `app`, no network, one Celery-free process.

- `db` / `@pytest.mark.django_db`: the run's database, each test rolled back.
- `fresh_db`: a new database for this test alone, for tests that commit from several connections.
- `slots`: an empty Redis for what asks networks; without it nothing is asked (fail closed).
- `owner_connection`: a psycopg connection as `owner` to the database in use.
- `stack`, `shared_stack`: the whole shop running; `open_page(language=…, width=…)`: a browser tab.
"""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import psycopg
import pytest
import redis
from django.conf import LazySettings
from django.core.cache import cache
from django.db import connections
from django.utils import translation
from playwright.sync_api import Browser, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from config.embedded.redis import Redis
from config.translations import compile_all
from tests.chromium import find_chromium
from tests.cluster import Cluster, Database
from tests.stack import Stack
from tests.tabs import OpenPage

hypothesis.settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", max_examples=500, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

_connect = socket.socket.connect
LOOPBACK = ("127.", "::1", "localhost")


def _connect_here_only(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(
        LOOPBACK
    ):
        raise AssertionError(f"A test tried to reach {address[0]}; tests never leave this machine.")
    _connect(self, address)


def pytest_configure(config: pytest.Config) -> None:
    """Close the network and compile the translations before anything is imported."""
    setattr(socket.socket, "connect", _connect_here_only)  # noqa: B010  # mypy refuses the plain form
    compile_all()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse the marker that would flush: TRUNCATE is not allowed on append-only tables."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker is not None and marker.kwargs.get("transaction"):
            raise pytest.UsageError(
                f"{item.nodeid}: use the fixture fresh_db instead of transaction=True"
            )


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The shared PostgreSQL, started when the first test needs it."""
    shared = Cluster()
    shared.acquire()
    yield shared
    shared.release()


def _point_at(database: Database) -> None:
    """Let Django's default connection, in all threads, speak to `database` as role app."""
    connections["default"].close()
    parts = urlsplit(database.app_url)
    connections.settings["default"].update(
        NAME=database.name,
        USER=parts.username,
        PASSWORD=parts.password,
        HOST=parts.hostname,
        PORT=parts.port,
    )


@pytest.fixture(scope="session")
def run_database(cluster: Cluster) -> Database:
    """The database of this run (and xdist worker)."""
    return cluster.clone()


@pytest.fixture(scope="session")
def django_db_setup(run_database: Database, django_test_environment: None) -> Iterator[None]:
    """Replace pytest-django's own test database: migrations and roles are already in the clone."""
    _point_at(run_database)
    yield
    connections["default"].close()


@pytest.fixture
def fresh_db(
    request: pytest.FixtureRequest,
    cluster: Cluster,
    run_database: Database,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Database]:
    """A new database for one test; every connection of every thread opened from now on uses it."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        raise pytest.UsageError("fresh_db commits; it cannot be used together with django_db")
    database = cluster.clone()
    with django_db_blocker.unblock():
        _point_at(database)
        yield database
        _point_at(run_database)
    cluster.drop(database)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """One Redis for the run."""
    server = Redis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def slots(redis_server: Redis, settings: LazySettings) -> str:
    """An empty Redis in which this test's questions are counted; returns its address."""
    with redis.Redis.from_url(redis_server.url) as client:
        client.flushdb()
    settings.REDIS_URL = redis_server.url
    return redis_server.url


@pytest.fixture
def owner_connection(
    db: None, run_database: Database
) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection as role owner to the run's database, rolled back at the end."""
    with psycopg.connect(run_database.owner_url) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def stack(cluster: Cluster, tmp_path: Path) -> Iterator[Stack]:
    """The whole shop on a fresh database, for one test that breaks something."""
    with Stack(tmp_path, cluster) as running:
        yield running


@pytest.fixture(scope="module")
def shared_stack(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole shop on a fresh database, shared by the tests of one module."""
    with Stack(tmp_path_factory.mktemp("stack"), cluster) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the run; it resolves no name, so no page can reach outside."""
    # Playwright keeps a loop in this thread; Django would take our own queries for async ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(playwright),
            args=[
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Open tabs by `open_page(language="ja", width=1280)`; an error in the browser fails."""
    tabs = OpenPage(chromium)
    yield tabs
    tabs.close()


@pytest.fixture(autouse=True)
def in_japanese() -> Iterator[None]:
    """Start every test in the shop's language; a page asked for in English would leave it on."""
    with translation.override("ja"):
        yield


@pytest.fixture(autouse=True)
def nobody_has_tried_yet() -> None:
    """Forget earlier log-ins: the rate limit counts all tests of a process as one address."""
    cache.clear()
