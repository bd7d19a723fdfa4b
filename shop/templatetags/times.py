"""Template filters for days and times; how they are written is decided in `shop.formats`."""

from django.template import Library

from shop import formats

register = Library()
register.filter("moment", formats.moment)
register.filter("day", formats.day, expects_localtime=True)
