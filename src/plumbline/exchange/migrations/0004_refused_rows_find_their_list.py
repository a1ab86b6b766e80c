"""Rows of Ofsted's lists that were refused before: each is given its list, where its import took in one list only."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_refused_rows_of_lists")]

    operations = [
        migrations.RunSQL(
            """update exchange_refusedrow r set ofsted_list_id = l.id from ofsted_ofstedlist l
               where l.import_run_id = r.import_run_id and r.cells <> '{}' and not exists (
                   select from ofsted_ofstedlist o where o.import_run_id = l.import_run_id and o.id <> l.id)""",
            migrations.RunSQL.noop,
        )
    ]
