"""docs/reference/powers.md, from what operations really refuse.

python -m tests.powers          says whether the page is as they do
python -m tests.powers --write  writes it
"""

import sys
import tempfile
from pathlib import Path

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
from django.db import connection, transaction  # noqa: E402

from tests import databases  # noqa: E402
from tests.conftest import point_at  # noqa: E402
from tests.powers import page  # noqa: E402

with databases.copy_of(databases.template()) as name, tempfile.TemporaryDirectory() as folder:
    point_at(name, "owner")
    with transaction.atomic():
        said = page.written(page.tried(Path(folder)))
        transaction.set_rollback(True)
    connection.close()
if "--write" in sys.argv:
    page.PAGE.write_text(said, encoding="utf-8")
click.echo("The page is as they refuse." if page.PAGE.read_text(encoding="utf-8") == said else "It differs.")
