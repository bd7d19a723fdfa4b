"""Which contract texts there are, and which one a store uses from now on."""

from django.contrib.auth.models import User
from django.utils import timezone

from buyback.contracts.models import ContractText, ContractTextAdoption
from buyback.contracts.sample_text import BLOCKS, VERSION


def load_sample_text() -> ContractText:
    """Write the sample text (見本) in its present version, or return it where it stands already."""
    text, _new = ContractText.objects.get_or_create(
        version=VERSION,
        defaults={
            "is_sample": True,
            "blocks": [dict(block) for block in BLOCKS],
            "made_at": timezone.now(),
        },
    )
    return text


def adopt_text(*, store_id: int, text_id: int, actor: User) -> ContractTextAdoption:
    """Write that a store uses a text from now on; what was signed before keeps its own."""
    return ContractTextAdoption.objects.create(
        store_id=store_id, text_id=text_id, adopted_at=timezone.now(), adopted_by=actor
    )
