"""docs/reference/relations.md, from what really answers.

python -m tests.relations          says which lines of the page are not as the site answers
python -m tests.relations --write  writes it
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
from django.db import connection, transaction  # noqa: E402

from tests import databases  # noqa: E402
from tests.conftest import point_at  # noqa: E402
from tests.relations import market_page, page, told  # noqa: E402

with databases.copy_of(databases.template()) as name:
    point_at(name, "owner")
    with transaction.atomic():
        said = (page.written(page.tried()), market_page.written(told.told_to_all()[0]))
        transaction.set_rollback(True)
    connection.close()
if "--write" in sys.argv:
    page.PAGE.write_text("".join(said), encoding="utf-8")
for part, answered in zip(page.parts(), said, strict=True):
    for line in page.differences(part, answered):
        click.echo(line)
