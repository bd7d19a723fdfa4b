"""How a person who works here is called, on pages and on paper."""

from django.contrib.auth.models import User


def person_name(user: User) -> str:
    """Return family name, given name; the user name where no name is recorded.

    The order is the Japanese one in every language: it is how the name stands on the shop's papers.
    """
    full = f"{user.last_name} {user.first_name}".strip()
    return full or user.get_username()
