"""Opening, changing, cancelling and holding a deal."""

import pytest

from tests.factories import make_deal, make_item

pytestmark = pytest.mark.django_db


def test_it_opens_a_deal_with_its_first_device() -> None:
    deal = make_deal()
    make_item(deal=deal)
    assert deal.queue_number == 1
