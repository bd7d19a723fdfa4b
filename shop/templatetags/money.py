"""Template filters for money; how it is written is decided in `shop.formats`."""

from django.template import Library

from shop import formats

register = Library()
register.filter("yen", formats.yen)
register.filter("yen_more", formats.yen_more)
