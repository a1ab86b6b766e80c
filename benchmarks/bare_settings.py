"""Plumbline's settings for the bare view: the same database, login and pool; no middleware, no other page."""

from plumbline.config.settings import *  # noqa: F403 - the settings as they are, and what follows
from plumbline.config.settings import INSTALLED_APPS

# Signing in insists on middleware.
INSTALLED_APPS = [name for name in INSTALLED_APPS if not name.startswith(("allauth", "axes"))]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "benchmarks.bare_urls"
