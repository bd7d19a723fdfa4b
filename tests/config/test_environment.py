"""Settings refuse to start half configured, with one sentence that says what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import PROCESS_LIMITS, Environment, database, refuse_contradictions
from tests.cluster import ROOT

COMPLETE = {
    "SECRET_KEY": "k" * 60,
    "DATABASE_URL": "postgres://app:x@127.0.0.1:1/shop",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "PUBLIC_URL": "https://shop.example.jp",
    "DEMO": "0",
}


def start_settings(**changes: str | None) -> "subprocess.CompletedProcess[str]":
    """Import the real settings in a process of their own, with exactly this environment."""
    wanted = {**COMPLETE, **changes}
    environment = {name: value for name, value in wanted.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env={**environment, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_complete_environment_starts() -> None:
    done = start_settings()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set."),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set."),
        ({"REDIS_URL": ""}, "REDIS_URL is not set."),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL must begin with postgres://"),
        ({"DEMO": "perhaps"}, "DEMO must be 1 or 0."),
        ({"PORT": "eighty"}, "PORT must be a whole number."),
        ({"STAND_IN_URL": "http://127.0.0.1:1"}, "STAND_IN_URL is set but DEMO is 0"),
        ({"PUBLIC_URL": "http://shop.example.jp"}, "PUBLIC_URL must begin with https://"),
        ({"PUBLIC_URL": "shop"}, "PUBLIC_URL must be the address people type"),
        ({"DB_ROLE": "owner"}, "OWNER_DATABASE_URL is not set."),
        ({"PROCESS": "kitchen"}, "PROCESS must be one of web, lookups, documents, beat, manage"),
        ({"SECRET_KEY_FILE": "/no/such/file"}, "SECRET_KEY_FILE must be a readable file"),
    ],
)
def test_each_gap_and_contradiction_is_named(changes: dict[str, str | None], sentence: str) -> None:
    done = start_settings(**changes)
    assert done.returncode != 0
    assert sentence in done.stderr.splitlines()[-1]


def test_a_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert Environment().required("SECRET_KEY", "") == "from a file"


def test_plain_http_is_for_this_machine_and_the_demo_only() -> None:
    refuse_contradictions(
        demo=False, debug=False, public_url="http://127.0.0.1:8000", stand_in_url=""
    )
    with pytest.raises(ImproperlyConfigured, match="https://"):
        refuse_contradictions(
            demo=False, debug=False, public_url="http://192.168.0.4", stand_in_url=""
        )


@pytest.mark.parametrize("public_url", ["https://shop.example.jp", "http://192.168.0.4"])
def test_error_pages_with_everything_on_them_stay_on_this_machine(public_url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        refuse_contradictions(demo=False, debug=True, public_url=public_url, stand_in_url="")
    refuse_contradictions(demo=True, debug=True, public_url=public_url, stand_in_url="")
    refuse_contradictions(
        demo=False, debug=True, public_url="http://127.0.0.1:8000", stand_in_url=""
    )


@pytest.mark.parametrize("process", PROCESS_LIMITS)
def test_every_process_limits_what_it_may_take(process: str) -> None:
    entry = database("postgres://app:x@db:5432/shop", PROCESS_LIMITS[process])
    assert "lock_timeout=2000" in entry["OPTIONS"]["options"]
    assert ("pool" in entry["OPTIONS"]) == (PROCESS_LIMITS[process].pool > 0)
    assert not ("pool" in entry["OPTIONS"] and entry["CONN_MAX_AGE"])
