"""A real shop does not start on a database that holds demo people."""

from pathlib import Path

import pytest
from pytest_django import Settings

from buyback.desk.demo.seed import furnish_demo
from config.checks import no_demo_people

pytestmark = pytest.mark.django_db


def test_a_real_shop_is_refused_where_the_demo_was(settings: Settings, tmp_path: Path) -> None:
    settings.DEMO, settings.VAR_DIR = True, tmp_path
    furnish_demo()
    assert no_demo_people(None, ["default"]) == []
    settings.DEMO = False
    assert [error.id for error in no_demo_people(None, ["default"])] == ["ground.E001"]


def test_an_empty_database_is_welcome(settings: Settings) -> None:
    settings.DEMO = False
    assert no_demo_people(None, ["default"]) == []
