"""`python -m tests.relations [--write]`: the environment of a test run, and then the page."""

from tests import environment  # noqa: F401

# isort: split
import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "plumbline.config.settings"
django.setup()

from tests.relations import page  # noqa: E402  (needs Django ready)

page.main()
