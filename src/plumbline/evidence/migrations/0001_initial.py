import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0001_initial'),
        ('intake', '0001_initial'),
        ('people', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='LawChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=60, unique=True)),
                ('title', models.CharField(max_length=300)),
                ('in_force', models.DateField()),
                ('policies', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('review_by', models.DateField()),
                ('link', models.URLField(blank=True, max_length=500)),
                ('note', models.TextField(blank=True)),
                ('entered_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_because', models.TextField(blank=True)),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('entered_by__isnull', True), ('entered_at__isnull', False), _connector='OR'), name='law_change_who_has_when'), models.CheckConstraint(condition=models.Q(('review_by__gte', models.F('in_force'))), name='law_change_review_after_force')],
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=300)),
                ('file_name', models.CharField(max_length=200)),
                ('media_type', models.CharField(max_length=100)),
                ('size', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('added_at', models.DateTimeField()),
                ('kind', models.CharField(blank=True, max_length=60)),
                ('period_from', models.DateField(null=True)),
                ('period_to', models.DateField(null=True)),
                ('expires_on', models.DateField(null=True)),
                ('sensitivity', models.CharField(choices=[('open', 'May be published'), ('shared', 'The council and the organisation it belongs to'), ('council', 'The council only'), ('restricted', 'Named people only')], default='council', max_length=12)),
                ('revision', models.IntegerField(default=1)),
                ('scanned_by', models.CharField(blank=True, max_length=120)),
                ('scanned_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_because', models.TextField(blank=True)),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='people.organisation')),
                ('replaces', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='evidence.document')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'kind'], name='document_organisation_kind'), models.Index(condition=models.Q(('expires_on__isnull', False)), fields=['expires_on'], name='document_expires')],
                'constraints': [models.CheckConstraint(condition=models.Q(('period_from__isnull', True), ('period_to__isnull', True), ('period_to__gte', models.F('period_from')), _connector='OR'), name='document_period_in_order')],
            },
        ),
        migrations.CreateModel(
            name='LawChangeOrigin',
            fields=[
                ('missing_since', models.DateField(null=True)),
                ('row', models.OneToOneField(db_column='id', on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='origin', serialize=False, to='evidence.lawchange')),
                ('import_run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('missing_since__isnull', False)), fields=['missing_since'], name='lawchangeorigin_missing')],
            },
        ),
    ]
