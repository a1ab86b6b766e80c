"""The web process: signs in to the database as `web`, which owns nothing."""

import os

from plumbline.config import database

os.environ["PLUMBLINE_LOGIN"] = "web"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plumbline.config.settings")
os.umask(0o077)
# Given its own login by `plumbline serve`, it knows no other; else it may have to start the embedded database.
if not os.environ.get("PLUMBLINE_WEB_URL"):
    database.urls()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - after the login is chosen

application = get_wsgi_application()
