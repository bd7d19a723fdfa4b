"""Everything Django stores for `shop`; nobody but Django imports this."""

from shop.canary.models import WorkerBeat
from shop.idempotency import Submission
from shop.people.models import Company, Drawer, Membership, Store
from shop.settings_book import Setting

__all__ = ["Company", "Drawer", "Membership", "Setting", "Store", "Submission", "WorkerBeat"]
