"""The setup token: who may set up a fresh installation is who can read its terminal.

Made from SECRET_KEY, so it is the same on every machine of an installation, is stored nowhere and
is useless once a company exists.
"""

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

LENGTH = 24


def setup_token() -> str:
    """Return the token as `manage.py setup_token` prints it: 24 hex digits in groups of four."""
    digest = salted_hmac("buyback.desk.setup", "token", secret=settings.SECRET_KEY).hexdigest()
    return "-".join(digest[start : start + 4] for start in range(0, LENGTH, 4))


def is_setup_token(text: str) -> bool:
    """Tell whether `text` is the token, however it was spaced."""
    plain = "".join(text.split()).replace("-", "").lower()
    return constant_time_compare(plain, setup_token().replace("-", ""))
