"""Every setting, read from the environment; missing or contradicting values stop the start.

Decided here: what is installed, how the parts talk, the security headers. Not decided here:
anything an owner may change while the shop is open (that is dated rows, see shop.settings_book).
The variables are listed with their meaning in `.env.example`.
"""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.environment import PROCESS_LIMITS, Environment, database, refuse_contradictions
from config.logs import logging_config

env = Environment()
BASE_DIR = Path(__file__).resolve().parent.parent

# --- Who are we ------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG")
DEMO = env.flag("DEMO")
SECRET_KEY = env.required(
    "SECRET_KEY", "Put 50 or more random characters there and keep them secret."
)
PORT = env.number("PORT", 8000)
PUBLIC_URL = env.text("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"))).resolve()
STAND_IN_URL = env.text("STAND_IN_URL").rstrip("/")
ADMIN_ENABLED = env.flag("ADMIN_ENABLED", default=DEBUG or DEMO)
refuse_contradictions(demo=DEMO, debug=DEBUG, public_url=PUBLIC_URL, stand_in_url=STAND_IN_URL)

# Which kind of process this is (web, lookups, documents, beat, manage): sets pool and timeouts.
PROCESS = env.one_of("PROCESS", list(PROCESS_LIMITS), "manage")
LIMITS = PROCESS_LIMITS[PROCESS]
HTTPS = PUBLIC_URL.startswith("https://")

# --- Applications ----------------------------------------------------------------------------
INSTALLED_APPS = [
    "buyback",
    "inventory",
    "carriers",
    "shop",
    "config.apps.GroundConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "template_partials",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "pgtrigger",
]

MIDDLEWARE = [
    "config.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.PlainAddressMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Every page is closed unless its view says otherwise (shop.people.access).
    "config.middleware.SignInMiddleware",
    "config.middleware.PrivatePagesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.FormAddressMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "config.forms.Renderer"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "shop.people.context.membership",
            ],
        },
    },
]

# --- PostgreSQL: two roles -------------------------------------------------------------------
# `app` runs the shop and owns nothing; `owner` owns the schema and is used by the commands named
# in manage.py (OWNER_COMMANDS) only, which set DB_ROLE=owner before settings are read.
DATABASE_URL = env.required("DATABASE_URL", "Put postgres://app:password@host:5432/name there.")
DB_ROLE = env.text("DB_ROLE", "app")
APP_DATABASE_ROLE = urlsplit(DATABASE_URL).username or "app"  # migrations REVOKE from this one
_url = DATABASE_URL
if DB_ROLE == "owner":
    _url = env.required(
        "OWNER_DATABASE_URL", "Migrations need postgres://owner:password@host:5432/name."
    )
DATABASES = {"default": database(_url, LIMITS)}

# --- Cache -----------------------------------------------------------------------------------
# Only allauth's rate limits live here. They must be shared by all processes and must not depend
# on Redis (log-in works while Redis is gone), so they are rows in PostgreSQL.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entry",
        "TIMEOUT": 300,
    }
}

# --- Celery (measured: see docs/decisions.md) ------------------------------------------------
REDIS_URL = env.required("REDIS_URL", "Put redis://:password@host:6379/0 there.")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # With these a worker hears again 17 s after a silent network hole; without them, never.
    "socket_timeout": env.number("BROKER_SOCKET_TIMEOUT", 5),
    "socket_connect_timeout": 0.5 if PROCESS == "web" else 5,  # a person is waiting behind web
    "socket_keepalive": True,
    "health_check_interval": env.number("BROKER_HEALTH_CHECK", 5),
    "visibility_timeout": 900,  # longer than any task; no countdown goes beyond it
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "global_keyprefix": "shop:",
}
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_RETRY_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False  # the sweeper sends again; a request never waits for Redis
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "Asia/Tokyo"
CELERY_ENABLE_UTC = True
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {"lookups": {}, "documents": {}}
CELERY_TASK_DEFAULT_QUEUE = "documents"
CELERY_TASK_CREATE_MISSING_QUEUES = False  # a typo in a queue name is an error, not a dead queue
CELERY_TASK_ROUTES = {"carriers.*": {"queue": "lookups"}}

# --- People and sessions ---------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_PASSWORDS = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": _PASSWORDS + "UserAttributeSimilarityValidator"},
    {"NAME": _PASSWORDS + "MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": _PASSWORDS + "CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/counter/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "shop.people.adapter.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by the owner, never by the person
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # of the link that an owner gives to a new person
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "Buyback counter"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"

# --- The wire --------------------------------------------------------------------------------
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS", [urlsplit(PUBLIC_URL).hostname or "", "127.0.0.1", "localhost"]
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 1 if HTTPS else 0)
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024  # a form; the longest is a signature's strokes
vars().update(env.email("EMAIL_URL", "console:" if DEBUG or DEMO else "smtp://localhost:25"))

# --- Language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

# --- Files -----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_DIR", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
_FILES = "django.core.files.storage.FileSystemStorage"
STORAGES: dict[str, dict[str, Any]] = {
    # Nothing is ever served by URL from either file storage: views check, log and stream.
    "default": {"BACKEND": _FILES, "OPTIONS": {"location": VAR_DIR / "files"}},
    "private": {"BACKEND": _FILES, "OPTIONS": {"location": VAR_DIR / "private"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if bucket := env.text("PRIVATE_S3_BUCKET"):
    STORAGES["private"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": bucket, "querystring_auth": True, "default_acl": "private"},
    }

# --- Logs ------------------------------------------------------------------------------------
LOG_FORMAT = env.text("LOG_FORMAT", "text" if sys.stderr.isatty() else "json")
LOGGING_CONFIG = "config.logs.configure"
LOGGING = logging_config(level=env.text("LOG_LEVEL", "INFO"), as_json=LOG_FORMAT == "json")
