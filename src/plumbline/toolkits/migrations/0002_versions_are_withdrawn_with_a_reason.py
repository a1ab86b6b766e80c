from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('toolkits', '0001_tables'),
    ]

    operations = [
        migrations.AddField(
            model_name='toolkitversion',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='toolkitversion',
            name='withdrawn_because',
            field=models.TextField(blank=True),
        ),
        # A draft with faults may be withdrawn too.
        migrations.RemoveConstraint(
            model_name='toolkitversion',
            name='toolkit_version_published_has_content',
        ),
        migrations.AddConstraint(
            model_name='toolkitversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('content__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='toolkit_version_published_has_content'),
        ),
    ]
