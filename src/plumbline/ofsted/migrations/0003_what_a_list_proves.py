from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ofsted", "0002_what_lists_cover_and_said")]

    operations = [
        migrations.AddField(model_name="ofstedlist", name="contents", field=models.JSONField(default=list)),
        migrations.AddField(model_name="ofstedlist", name="proves_to", field=models.DateField(null=True)),
    ]
