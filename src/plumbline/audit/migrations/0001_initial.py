import django.contrib.postgres.operations
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(
        ),
        django.contrib.postgres.operations.TrigramExtension(
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('no', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('first', models.BigIntegerField()),
                ('last', models.BigIntegerField()),
                ('count', models.BigIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('previous', models.CharField(blank=True, max_length=64)),
                ('way', models.SmallIntegerField(db_default=1, default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('no', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(max_length=80)),
                ('by_id', models.BigIntegerField(null=True)),
                ('by_name', models.CharField(max_length=200)),
                ('by_role', models.CharField(blank=True, max_length=80)),
                ('subject_type', models.CharField(blank=True, max_length=60)),
                ('subject_id', models.CharField(blank=True, max_length=60)),
                ('child_id', models.BigIntegerField(null=True)),
                ('because', models.TextField(blank=True)),
                ('data', models.JSONField(default=dict)),
                ('seal_no', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('child_id__isnull', False)), fields=['child_id', 'no'], name='event_child'), models.Index(fields=['subject_type', 'subject_id', 'no'], name='event_subject'), models.Index(fields=['by_id', 'no'], name='event_by'), models.Index(condition=models.Q(('seal_no__isnull', True)), fields=['no'], name='event_unsealed')],
            },
        ),
        migrations.CreateModel(
            name='Head',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal_no', models.BigIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('events', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_head')],
            },
        ),
        migrations.CreateModel(
            name='Moment',
            fields=[
                ('tx', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(null=True)),
                ('xact', models.BigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['at', 'tx'], name='moment_at')],
            },
        ),
    ]
