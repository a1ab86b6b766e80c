import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('label', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
                ('by_id', models.BigIntegerField(null=True)),
                ('by_name', models.CharField(max_length=200)),
                ('as_at', models.DateField(null=True)),
                ('backfill', models.BooleanField(default=False)),
                ('because', models.TextField(blank=True)),
                ('files', models.JSONField(default=dict)),
                ('tx', models.BigIntegerField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_by_name', models.CharField(blank=True, max_length=200)),
                ('withdrawn_because', models.TextField(blank=True)),
            ],
            options={
                'indexes': [models.Index(fields=['kind', '-id'], name='import_kind')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_because', '')), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_because', ''), _negated=True)), _connector='OR'), name='import_withdrawn_with_reason')],
            },
        ),
        migrations.CreateModel(
            name='Extract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=60)),
                ('extracted_on', models.DateField()),
                ('import_run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extracts', to='intake.import')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'import_run'), name='extract_once_per_import')],
            },
        ),
    ]
