"""The demo shop in a browser: people, prices and stand-in carriers, on a database of its own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import Cluster
from tests.stack import Stack


@pytest.fixture(scope="module")
def demo(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running demo shop without its history."""
    with Stack(tmp_path_factory.mktemp("demo"), cluster) as running:
        running.manage("seed_demo")
        yield running


@pytest.fixture(scope="session")
def shots() -> Path | None:
    """Where pictures are kept: the folder in $SHOTS, or nowhere."""
    folder = os.environ.get("SHOTS")
    if not folder:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
