"""Names of people in templates."""

from django.contrib.auth.models import User
from django.template import Library

from shop.people.names import person_name

register = Library()


@register.filter
def called(user: User) -> str:
    """Return how a person who works here is called."""
    return person_name(user)
