"""How an IMEI is shown: grouped 2-6-6-1 as on boxes, with spaces."""

from django.template import Library

from carriers.imei import Imei

register = Library()


@register.filter
def imei(digits: str) -> str:
    """Return the 15 digits of a stored IMEI in groups."""
    return Imei(digits).grouped.replace("-", " ")
