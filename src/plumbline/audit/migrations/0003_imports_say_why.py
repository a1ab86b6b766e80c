from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_tables")]

    operations = [
        migrations.AddField(model_name="import", name="because", field=models.TextField(blank=True, default="")),
        migrations.AlterField(model_name="import", name="because", field=models.TextField(blank=True)),
    ]
