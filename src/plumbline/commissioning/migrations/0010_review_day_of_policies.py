"""The day of the last review of each policy that passed stage 1."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("commissioning", "0009_frameworks")]

    operations = [
        migrations.AddField(model_name="stage1decision", name="reviewed_on", field=models.DateField(null=True)),
    ]
