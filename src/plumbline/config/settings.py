"""Django's settings, all from `config.environment`. Nothing below the ways in imports this module."""

import sys
from pathlib import Path

from csp.constants import NONE, SELF
from psycopg.conninfo import conninfo_to_dict

from plumbline.config import database, environment

ENV = environment.read()
ROOT = Path(__file__).resolve().parents[1]

SECRET_KEY = ENV.secret_key
DEBUG = False
ALLOWED_HOSTS = [*ENV.hosts]
PORT = ENV.port
SITE = ENV.site
HOME = ENV.home
POSTGRESQL_PROGRAMS = database.programs(ENV.home)
TODAY = ENV.today
DEMO = ENV.demo
COUNCIL = ENV.council
COLOUR = ENV.colour
SMTP_URL = ENV.smtp_url
EMAIL_FROM = ENV.email_from
BOUNCES = ENV.bounces
CLAMAV = ENV.clamav
OCID_PREFIX = ENV.ocid_prefix
TRUSTED_PROXIES = ENV.trusted_proxies

_URL = {"owner": ENV.owner_url, "web": ENV.web_url, "worker": ENV.worker_url}[ENV.login]
_LOGIN = conninfo_to_dict(_URL) if _URL else {"dbname": "plumbline"}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _LOGIN.get("dbname", ""),
        "USER": _LOGIN.get("user", ""),
        "PASSWORD": _LOGIN.get("password", ""),
        "HOST": _LOGIN.get("host", ""),
        "PORT": str(_LOGIN.get("port", "")),
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 12, "timeout": 20}} if ENV.login == "web" else {},
    }
}

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "procrastinate.contrib.django",
    "django_cotton.apps.SimpleAppConfig",
    "plumbline.audit",
    "plumbline.intake",
    "plumbline.people",
    "plumbline.flags",
    "plumbline.evidence",
    "plumbline.actions",
    "plumbline.toolkits",
    "plumbline.commissioning",
    "plumbline.contracts",
    "plumbline.socialcare",
    "plumbline.ofsted",
    "plumbline.earlyhelp",
    "plumbline.placements",
    "plumbline.indicators",
    "plumbline.scrutiny",
    "plumbline.exchange",
    "plumbline.due",
    "plumbline.jobs",
    "plumbline.web",
]

# Where each room declares the kinds of flag that it raises, as KINDS (flags.kinds).
FLAG_KINDS = [
    "plumbline.placements.flag_kinds",
    "plumbline.contracts.flag_kinds",
    "plumbline.actions.flag_kinds",
    "plumbline.evidence.flag_kinds",
    "plumbline.toolkits.flag_kinds",
]

MIDDLEWARE = [
    # Before anything asks for the address, or whether the visitor came by TLS.
    "plumbline.web.kit.middleware.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before the form is read, which the next one does.
    "plumbline.web.kit.uploads.LargestRequestMiddleware",
    "plumbline.web.kit.middleware.AddressMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "plumbline.web.kit.middleware.DayMiddleware",
    "plumbline.web.kit.middleware.LabelsMiddleware",
    "plumbline.web.kit.middleware.SessionEndMiddleware",
    "plumbline.web.kit.middleware.SecondFactorMiddleware",
]

ROOT_URLCONF = "plumbline.config.urls"
WSGI_APPLICATION = "plumbline.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "web" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "plumbline.web.kit.context.frame",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
        },
    }
]
COTTON_DIR = "cotton"

# The worker alone imports what it works on; every command and page would wait for it.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["plumbline.jobs.tasks"]

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# For so long the link of an invitation can be used (people.inviting); no other password is made by a link.
PASSWORD_RESET_TIMEOUT = 7 * 24 * 60 * 60

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "plumbline.web.people.account.adapter.AccountAdapter"
# Shared machines: a session ends with the browser, always.
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
# Theirs are counted by each process for itself; ours in the database (web.account.guarding).
ACCOUNT_RATE_LIMITS = {"login_failed": None, "login": None, "reauthenticate": None, "change_password": None}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
MFA_ADAPTER = "plumbline.web.people.account.adapter.SecondFactorAdapter"
MFA_FORMS = {"deactivate_totp": "plumbline.web.people.account.forms.TakeOffSecondFactor"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = f"Plumbline {COUNCIL}"

# After the last use, which the middleware writes down.
SESSION_COOKIE_AGE = 60 * ENV.session_minutes
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "plumbline.web.kit.draft_pages.forged"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if not ENV.demo:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False
FORMAT_MODULE_PATH = None
DATE_FORMAT = "j F Y"

STATIC_URL = "/static/"
STATIC_ROOT = ENV.home / "static"
STATICFILES_DIRS: list[Path] = []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": ENV.home / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if "pytest" in sys.modules:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "django.test.runner.DiscoverRunner"
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "plumbline.config.logs.NamelessFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
