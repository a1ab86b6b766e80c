"""docs/reference/rights.md, from the database.

python -m tests.rights          says whether the page is as the database has it
python -m tests.rights --write  writes it
"""

import sys

# The settings of a test run are chosen by its being there.
import pytest  # noqa: F401

from tests import environment  # noqa: F401

# isort: split
import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "plumbline.config.settings"
django.setup()

# isort: split
import click  # noqa: E402  (needs Django ready)
from django.db import connection  # noqa: E402

from tests import databases  # noqa: E402
from tests.conftest import point_at  # noqa: E402
from tests.rights import page  # noqa: E402

with databases.copy_of(databases.template()) as name:
    point_at(name, "worker")
    said = page.written()
    connection.close()
if "--write" in sys.argv:
    page.PAGE.write_text(said, encoding="utf-8")
click.echo("The page is as the database has it." if page.PAGE.read_text(encoding="utf-8") == said else "It differs.")
