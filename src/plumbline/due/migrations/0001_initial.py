import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Changed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=40)),
                ('key', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'due_changed',
            },
        ),
        migrations.CreateModel(
            name='WorkedOut',
            fields=[
                ('source', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('on_day', models.DateField()),
            ],
            options={
                'db_table': 'due_workedout',
            },
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=40)),
                ('key', models.BigIntegerField()),
                ('kind', models.CharField(max_length=60)),
                ('subject_type', models.CharField(max_length=60)),
                ('subject_id', models.BigIntegerField()),
                ('about', models.CharField(max_length=200)),
                ('whose', models.CharField(max_length=260)),
                ('but', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('known_to', models.CharField(blank=True, max_length=260)),
                ('matter_type', models.CharField(max_length=60)),
                ('matter_id', models.BigIntegerField()),
                ('child_id', models.BigIntegerField(null=True)),
                ('called', models.TextField(blank=True)),
                ('what', models.TextField()),
                ('here', models.TextField(blank=True)),
                ('why', models.TextField(blank=True)),
                ('asked', models.TextField(blank=True)),
                ('many', models.TextField(blank=True)),
                ('deed', models.CharField(max_length=120)),
                ('place', models.TextField()),
                ('gravity', models.SmallIntegerField()),
                ('due_at', models.DateTimeField(null=True)),
                ('by_day', models.BooleanField(default=False)),
                ('shows_from', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['source', 'key'], name='due_item_source'), models.Index(fields=['matter_type', 'matter_id'], name='due_item_matter'), models.Index(fields=['subject_type', 'subject_id'], name='due_item_subject'), models.Index(condition=models.Q(('kind__startswith', 'back.')), fields=['whose'], name='due_item_back')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'subject_type', 'subject_id', 'about', 'whose'), name='due_item_once')],
            },
        ),
        migrations.CreateModel(
            name='Matter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('whose', models.CharField(max_length=260)),
                ('but', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('matter_type', models.CharField(max_length=60)),
                ('matter_id', models.BigIntegerField()),
                ('gravity', models.SmallIntegerField()),
                ('minute', models.IntegerField(null=True)),
                ('shows_from', models.DateTimeField(null=True)),
                ('number', models.IntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['whose'], name='due_matter_whose'), models.Index(fields=['matter_type', 'matter_id'], name='due_matter_matter')],
            },
        ),
        migrations.CreateModel(
            name='PutOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('matter_type', models.CharField(max_length=60)),
                ('matter_id', models.BigIntegerField()),
                ('until_on', models.DateField()),
                ('because', models.TextField()),
                ('at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'matter_type', 'matter_id'), name='due_put_off_once'), models.CheckConstraint(condition=models.Q(('because', ''), _negated=True), name='due_put_off_with_reason')],
            },
        ),
        migrations.CreateModel(
            name='Seen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('subject_type', models.CharField(max_length=60)),
                ('subject_id', models.BigIntegerField()),
                ('about', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'subject_type', 'subject_id', 'about'), name='due_seen_once')],
            },
        ),
    ]
