"""All settings in one file, read from environment variables (listed in docs/reference/settings.md).

Runs on a bare checkout. In production it refuses to start without its secret.
"""

import os
import sys
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlparse

import pysqlite3
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from cheiron.core.operations.storage import wal_is_safe

# The SQLite of many systems loses commits when a WAL is reset; the one bundled here does not (see `JOURNAL`).
sys.modules["sqlite3"] = pysqlite3
sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

PACKAGE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("CHEIRON_HOME", Path.cwd() / "var"))

MODE = os.environ.get("CHEIRON_MODE", "development")
if MODE not in {"development", "demo", "production"}:
    raise ImproperlyConfigured(f"CHEIRON_MODE is {MODE!r}; it must be development, demo or production.")
DEMO = MODE == "demo"
PRODUCTION = MODE == "production"
DEBUG = False

SECRET_KEY = os.environ.get("CHEIRON_SECRET", "" if PRODUCTION else "not a secret: development and demo only")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("CHEIRON_SECRET must be set to 32 characters or more before Cheiron runs in production.")
ALLOWED_HOSTS = os.environ.get("CHEIRON_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost,[::1],testserver").split(",")
BASE_URL = os.environ.get("CHEIRON_URL", "http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [BASE_URL]

ROOT_URLCONF = "cheiron.urls"
WSGI_APPLICATION = "cheiron.wsgi.application"
INSTALLED_APPS = [
    "cheiron",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "cheiron.web.middleware.without_nul_in_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cheiron.web.middleware.CheironMiddleware",
]
# Templates live beside the views that use them: "matching/studio.html" is web/matching/studio.html.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "cheiron.web.shared.shell.shell",
            ],
            "loaders": [
                ("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"]),
            ],
            "libraries": {"cheiron": "cheiron.web.shared.templatetags.cheiron"},
            "builtins": [
                "django.templatetags.i18n",
                "cheiron.web.shared.templatetags.cheiron",
                "cheiron.web.shared.templatetags.words",
                "cheiron.web.shared.templatetags.rows",
                "cheiron.web.shared.templatetags.figures",
                "cheiron.web.shared.templatetags.networks",
            ],
        },
    }
]

# WAL only where the loaded SQLite has the fix of the WAL-reset bug; the rollback journal otherwise.
JOURNAL = "WAL" if wal_is_safe(pysqlite3.sqlite_version_info[:3]) else "DELETE"


def _database(address: str) -> dict:
    """A PostgreSQL address, or the path of an SQLite file."""
    if address.startswith("postgresql://"):
        url = urlparse(address)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path.lstrip("/"),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": url.hostname or parse_qs(url.query).get("host", [""])[0],
            "PORT": url.port or "",
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": address,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": f"PRAGMA journal_mode={JOURNAL}; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
        },
    }


if DEMO and "CHEIRON_DATABASE" in os.environ:
    raise ImproperlyConfigured("The demo builds a database of its own in CHEIRON_HOME: unset CHEIRON_DATABASE.")
_FILE = HOME / ("demo.sqlite3" if DEMO else "cheiron.sqlite3")
DATABASES = {"default": _database(os.environ.get("CHEIRON_DATABASE", str(_FILE)))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "cheiron.Person"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION and os.environ.get("CHEIRON_TLS", "here") != "elsewhere"
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_LIMIT = 10 * 1024 * 1024

ROSTERS = os.environ.get("CHEIRON_ROSTERS", "")

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = os.environ.get("CHEIRON_MAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("CHEIRON_MAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("CHEIRON_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("CHEIRON_MAIL_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_PORT == 587
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("CHEIRON_MAIL_FROM", "Cheiron <cheiron@localhost>")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
USE_I18N = True
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATICFILES_DIRS = [PACKAGE / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STATIC_ROOT = HOME / "static" if PRODUCTION else None
FORM_RENDERER = "cheiron.web.shared.drawing.Drawing"
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("CHEIRON_LOG", "WARNING")},
}
