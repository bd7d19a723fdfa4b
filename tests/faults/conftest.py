"""Two running shops: in one nobody touches the machinery, in the other it is taken away.

The silent carriers need almost three minutes until the last try has failed. They are therefore
asked first of all, in the quiet shop, and looked at last (`test_silent_carrier.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from carriers.networks.registry import NETWORKS
from carriers.sandbox.script import Fault, Reply, Sign
from tests.cluster import Cluster
from tests.faults.clerk import Clerk, Page
from tests.faults.shop import Shop

CIRCLE = Reply(Sign.CIRCLE)


@dataclass(frozen=True)
class Silent:
    """A phone at which one carrier stays silent, and the page seconds after the question."""

    imei: str
    network: str
    deal: str
    early: Page
    """As soon as the other four had answered."""


@dataclass(frozen=True)
class Quiet:
    """The quiet shop with its two silent carriers."""

    shop: Shop
    clerk: Clerk
    hanging: Silent
    dripping: Silent


@pytest.fixture(scope="package")
def quiet(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quiet]:
    """A shop where two carriers have just gone silent."""
    with Shop(tmp_path_factory.mktemp("quiet"), cluster) as shop:
        clerk = shop.clerk()
        hanging = _ask(shop, clerk, "docomo", Fault.HANG)
        dripping = _ask(shop, clerk, "mineo", Fault.DRIP)
        yield Quiet(shop, clerk, hanging, dripping)


@pytest.fixture(scope="package")
def rough(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop whose parts are taken away; each test leaves it running again."""
    with Shop(tmp_path_factory.mktemp("rough"), cluster) as shop:
        yield shop


def _ask(shop: Shop, clerk: Clerk, network: str, fault: Fault) -> Silent:
    imei = shop.phone(softbank=CIRCLE, **{network: Reply(Sign.CIRCLE, fault)})
    deal = clerk.ask_about(imei)
    shop.wait_for(imei, *(name for name in NETWORKS if name != network), seconds=10)
    return Silent(imei, network, deal, clerk.check_page(deal))
