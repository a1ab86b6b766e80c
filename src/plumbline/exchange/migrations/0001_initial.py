import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0001_initial'),
        ('intake', '0001_initial'),
        ('ofsted', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('folder', models.CharField(max_length=300)),
                ('file_names', models.JSONField(default=list)),
                ('options', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('uploaded', 'Uploaded'), ('looking', 'Looking at what would change'), ('ready', 'Ready to be taken'), ('taking', 'Being taken'), ('done', 'Done'), ('refused', 'Refused')], default='uploaded', max_length=10)),
                ('uploaded_at', models.DateTimeField()),
                ('progress', models.JSONField(default=dict)),
                ('would_change', models.JSONField(default=dict)),
                ('result', models.JSONField(default=dict)),
                ('reason', models.TextField(blank=True)),
                ('import_run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='uploads', to='intake.import')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RefusedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.CharField(max_length=100)),
                ('line', models.IntegerField()),
                ('row_id', models.CharField(blank=True, max_length=120)),
                ('code', models.CharField(max_length=40)),
                ('reason', models.TextField()),
                ('cells', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('open', 'To mend'), ('mended', 'Mended and taken'), ('dismissed', 'Set aside')], default='open', max_length=10)),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_because', models.TextField(blank=True)),
                ('tried', models.JSONField(default=dict)),
                ('import_run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refused_rows', to='intake.import')),
                ('ofsted_list', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refused_rows', to='ofsted.ofstedlist')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['file', 'row_id'], name='refused_row_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('settled_by__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='refused_row_settled_by_and_at')],
            },
        ),
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('because', models.TextField()),
                ('state', models.CharField(choices=[('trying', 'Looking at what would change'), ('ready', 'Ready to be withdrawn'), ('withdrawing', 'Being withdrawn'), ('done', 'Withdrawn'), ('refused', 'Refused'), ('left', 'Left as it is')], default='trying', max_length=11)),
                ('asked_at', models.DateTimeField()),
                ('since', models.DateTimeField()),
                ('result', models.JSONField(default=dict)),
                ('reason', models.TextField(blank=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('import_run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawals', to='intake.import')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('trying', 'ready', 'withdrawing'))), fields=('import_run',), name='withdrawal_asked_once'), models.CheckConstraint(condition=models.Q(('because', ''), _negated=True), name='withdrawal_with_reason')],
            },
        ),
    ]
