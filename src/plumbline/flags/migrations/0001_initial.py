import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0001_initial'),
        ('people', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='NumberedFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('subject_type', models.CharField(max_length=40)),
                ('subject_id', models.BigIntegerField(null=True)),
                ('raised_on', models.DateField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], max_length=10)),
            ],
            options={
                'db_table': 'flags_numberedflag',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='NumberedStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('due_on', models.DateField()),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'flags_numberedstep',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Flag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=200, unique=True)),
                ('subject_type', models.CharField(max_length=40)),
                ('subject_id', models.BigIntegerField(null=True)),
                ('subject_source_id', models.CharField(blank=True, max_length=60)),
                ('setting_urn', models.CharField(blank=True, max_length=60)),
                ('child_id', models.BigIntegerField(null=True)),
                ('reason', models.TextField()),
                ('severity', models.SmallIntegerField(default=2)),
                ('raised_at', models.DateTimeField()),
                ('raised_on', models.DateField()),
                ('due_on', models.DateField(null=True)),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', max_length=10)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by_name', models.CharField(blank=True, max_length=200)),
                ('closed_because', models.TextField(blank=True)),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'subject_type', 'subject_id'], name='flag_subject'), models.Index(fields=['child_id'], name='flag_child'), models.Index(condition=models.Q(('state', 'open')), fields=['due_on', 'id'], name='flag_open_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed'), models.Q(('closed_because', ''), _negated=True)), models.Q(('closed_at__isnull', True), ('closed_because', ''), ('state', 'open')), _connector='OR'), name='flag_closed_with_moment_and_reason')],
            },
        ),
        migrations.CreateModel(
            name='FlagFor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recipient', models.CharField(max_length=160)),
                ('team', models.CharField(blank=True, max_length=200)),
                ('why', models.CharField(max_length=60)),
                ('from_on', models.DateField()),
                ('from_at', models.DateTimeField()),
                ('to_at', models.DateTimeField(null=True)),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('escalated_at', models.DateTimeField(null=True)),
                ('escalated_to', models.CharField(blank=True, max_length=80)),
                ('reached_at', models.DateTimeField(null=True)),
                ('reached_on', models.DateField(null=True)),
                ('reached_how', models.CharField(blank=True, choices=[('mail', 'By e-mail'), ('page', 'Opened the page')], max_length=10)),
                ('unreached_because', models.CharField(blank=True, max_length=100)),
                ('stood_in_by', models.CharField(blank=True, max_length=160)),
                ('stands_in_for', models.CharField(blank=True, max_length=160)),
                ('acknowledged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('flag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recipients', to='flags.flag')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('to_at__isnull', True)), fields=['recipient'], name='flag_for_recipient')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('to_at__isnull', True)), fields=('flag', 'recipient'), name='flag_for_once_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at__isnull', True), ('acknowledged_by__isnull', True)), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False)), _connector='OR'), name='flag_for_acknowledged_by_and_at'), models.CheckConstraint(condition=models.Q(models.Q(('reached_at__isnull', True), ('reached_how', ''), ('reached_on__isnull', True)), models.Q(('reached_at__isnull', False), ('reached_on__isnull', False), models.Q(('reached_how', ''), _negated=True)), _connector='OR'), name='flag_for_reached_at_on_and_how')],
            },
        ),
        migrations.CreateModel(
            name='FlagStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('action', models.CharField(max_length=300)),
                ('owner_role', models.CharField(max_length=40)),
                ('due_on', models.DateField()),
                ('result', models.TextField(blank=True)),
                ('seen_on', models.DateField(null=True)),
                ('spoken_to', models.BooleanField(null=True)),
                ('decision', models.CharField(blank=True, max_length=30)),
                ('escalated_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('flag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='flags.flag')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('flag', 'code', 'due_on'), name='flag_step_once'), models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', True), ('done_by__isnull', True), ('result', '')), models.Q(('done_at__isnull', False), ('done_by__isnull', False), models.Q(('result', ''), _negated=True)), _connector='OR'), name='flag_step_done_by_and_at')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('to_address', models.EmailField(max_length=254)),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField()),
                ('secret', models.TextField(blank=True, default='')),
                ('event_no', models.BigIntegerField(null=True)),
                ('written_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('failed', 'Refused or given up'), ('not_sent', 'Not sent'), ('joined', 'Sent within another')], default='waiting', max_length=10)),
                ('attempts', models.SmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('refused_at', models.DateTimeField(null=True)),
                ('error', models.TextField(blank=True)),
                ('read_key', models.CharField(blank=True, default='', max_length=64)),
                ('read_at', models.DateTimeField(null=True)),
                ('read_by', models.CharField(blank=True, default='', max_length=100)),
                ('flag', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='flags.flag')),
                ('invitation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='people.invitation')),
                ('joined_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='flags.message')),
                ('tells', models.ManyToManyField(related_name='messages', to='flags.flagfor')),
                ('to_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(models.F('next_attempt_at'), condition=models.Q(('state', 'waiting')), name='message_waiting')],
                'constraints': [models.UniqueConstraint(fields=('flag', 'to_user', 'subject'), name='message_once_per_flag'), models.UniqueConstraint(fields=('event_no', 'to_user'), name='message_once_per_event'), models.CheckConstraint(condition=models.Q(('to_user__isnull', False), models.Q(('event_no__isnull', True), ('flag__isnull', True), ('joined_into__isnull', True), models.Q(('to_address', ''), _negated=True)), _connector='OR'), name='message_to_an_office_by_itself'), models.CheckConstraint(condition=models.Q(('secret', ''), models.Q(('state', 'waiting'), models.Q(('invitation__isnull', False), models.Q(('to_user__isnull', True), models.Q(('read_key', ''), _negated=True)), _connector='OR')), _connector='OR'), name='message_secret_until_sent'), models.CheckConstraint(condition=models.Q(models.Q(('read_key', ''), ('to_user__isnull', True), _connector='OR'), models.Q(models.Q(('read_at__isnull', True), ('read_by', '')), models.Q(('read_at__isnull', False), models.Q(('read_by', ''), _negated=True), models.Q(('read_key', ''), _negated=True)), _connector='OR')), name='message_read_by_an_office_and_at'), models.CheckConstraint(condition=models.Q(models.Q(('joined_into__isnull', False), ('state', 'joined')), models.Q(models.Q(('state', 'joined'), _negated=True), ('joined_into__isnull', True)), _connector='OR'), name='message_joined_into_another'), models.CheckConstraint(condition=models.Q(('state', 'failed'), ('refused_at__isnull', True), _connector='OR'), name='message_refused_has_failed'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='message_sent_has_moment')],
            },
        ),
    ]
