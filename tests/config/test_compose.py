"""The compose file says what DESIGN promises; it is read here, not started."""

import re
from typing import Any

import yaml

from config.celery import app
from tests.cluster import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
EXAMPLE = (ROOT / ".env.example").read_text()


def test_every_part_is_there_and_beat_is_alone() -> None:
    assert set(SERVICES) == {
        "migrate", "web", "lookups", "documents", "beat", "postgres", "redis", "caddy"
    }  # fmt: skip
    assert "deploy" not in SERVICES["beat"]


def test_every_queue_has_a_worker() -> None:
    consumed = {
        part["command"][part["command"].index("-Q") + 1]
        for part in SERVICES.values()
        if "-Q" in part.get("command", [])
    }
    assert consumed == set(app.conf.task_queues)


def test_only_the_migration_knows_the_owner() -> None:
    knows = {name for name, part in SERVICES.items() if "OWNER_DATABASE_URL" in str(part)}
    assert knows == {"migrate"}


def test_no_part_is_the_demo() -> None:
    for name in ("migrate", "web", "lookups", "documents", "beat"):
        assert SERVICES[name]["environment"]["DEMO"] == "0"
        assert "STAND_IN_URL" not in SERVICES[name]["environment"]


def test_redis_writes_everything_down_and_evicts_nothing() -> None:
    command = SERVICES["redis"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"


def test_every_value_compose_asks_for_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    given = set(re.findall(r"^(\w+)=", EXAMPLE, flags=re.MULTILINE))
    assert asked <= given


def test_every_variable_of_the_settings_is_explained() -> None:
    read = set(
        re.findall(
            r'env\.(?:required|text|flag|number|words|email|one_of)\(\s*"(\w+)"',
            (ROOT / "config" / "settings.py").read_text(),
        )
    )
    unexplained = {name for name in read - {"DB_ROLE"} if name not in EXAMPLE}
    assert unexplained == set()


def test_mounted_files_exist() -> None:
    for part in SERVICES.values():
        for volume in part.get("volumes", []):
            source = str(volume).split(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).is_file()


def test_a_worker_is_healthy_while_its_queue_is_heard() -> None:
    for queue in app.conf.task_queues:
        assert f"/readyz?queue={queue}'" in str(SERVICES[queue]["healthcheck"]["test"])
