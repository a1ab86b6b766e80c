from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ofsted", "0003_what_a_list_proves")]

    operations = [
        migrations.AddField(model_name="checkitem", name="opened_at", field=models.DateTimeField(null=True)),
        migrations.AlterField(
            model_name="checkitem",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("to_do", "To check"),
                    ("unchanged", "Nothing changed"),
                    ("changed", "New judgement entered"),
                    ("not_opened", "Report not opened: as the lists say"),
                    ("not_found", "Looked for, and nothing found"),
                ],
                default="to_do",
                max_length=12,
            ),
        ),
    ]
