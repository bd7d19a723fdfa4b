"""A page asked for in English leaves its language behind in the thread; each test starts anew."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def in_japanese() -> Iterator[None]:
    with translation.override("ja"):
        yield
