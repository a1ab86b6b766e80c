import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0001_initial'),
        ('evidence', '0001_initial'),
        ('people', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Toolkit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('purpose', models.CharField(max_length=40)),
                ('retired_on', models.DateField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Return',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=300)),
                ('period_from', models.DateField(null=True)),
                ('period_to', models.DateField(null=True)),
                ('due_on', models.DateField(null=True)),
                ('state', models.CharField(choices=[('requested', 'Requested'), ('in_progress', 'In progress'), ('submitted', 'Submitted'), ('returned', 'Sent back'), ('resubmitted', 'Submitted again'), ('moderated', 'Moderated'), ('signed_off', 'Signed off'), ('cancelled', 'Cancelled')], default='requested', max_length=12)),
                ('revision', models.IntegerField(default=0)),
                ('requested_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('sent_back_because', models.TextField(blank=True)),
                ('overall_self_grade', models.CharField(blank=True, max_length=40)),
                ('overall_moderated_grade', models.CharField(blank=True, max_length=40)),
                ('moderated_at', models.DateTimeField(null=True)),
                ('signed_off_at', models.DateTimeField(null=True)),
                ('cancelled_because', models.TextField(blank=True)),
                ('moderated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='people.organisation')),
                ('previous', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='next_returns', to='toolkits.return')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signed_off_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criterion', models.CharField(max_length=60)),
                ('value', models.TextField(blank=True)),
                ('comment', models.TextField(blank=True)),
                ('impact', models.TextField(blank=True)),
                ('reviewed_on', models.DateField(null=True)),
                ('revision', models.IntegerField(default=1)),
                ('answered_at', models.DateTimeField()),
                ('moderated_value', models.TextField(blank=True)),
                ('moderation_note', models.TextField(blank=True)),
                ('moderated_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('carried_from', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_to', to='toolkits.answer')),
                ('moderated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('answer_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='toolkits.return')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('moderated_by__isnull', True), ('moderated_at__isnull', False), _connector='OR'), name='answer_who_has_when'), models.UniqueConstraint(fields=('answer_set', 'criterion'), name='answer_once_per_criterion')],
            },
        ),
        migrations.CreateModel(
            name='ReturnAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('assigned_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('answer_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='toolkits.return')),
                ('assigned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='return_assignments', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('answer_set', 'user'), name='return_assigned_once')],
            },
        ),
        migrations.CreateModel(
            name='ToolkitVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('title', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('content', models.JSONField(null=True)),
                ('sha256', models.CharField(max_length=64)),
                ('source', models.CharField(choices=[('library', 'Shipped with the product'), ('council', "The council's own")], max_length=10)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10)),
                ('made_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_because', models.TextField(blank=True)),
                ('based_on', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='toolkits.toolkitversion')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('toolkit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='toolkits.toolkit')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('published_by__isnull', True), ('published_at__isnull', False), _connector='OR'), name='toolkit_version_who_has_when'), models.UniqueConstraint(fields=('toolkit', 'number'), name='toolkit_version_once'), models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('toolkit',), name='toolkit_one_published_version'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('content__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='toolkit_version_published_has_content')],
            },
        ),
        migrations.AddField(
            model_name='return',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='toolkits.toolkitversion'),
        ),
        migrations.CreateModel(
            name='AnswerDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='toolkits.answer')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='evidence.document')),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('answer', 'document'), name='answer_document_once')],
            },
        ),
        migrations.AddIndex(
            model_name='return',
            index=models.Index(fields=['state', 'due_on'], name='return_state_due'),
        ),
        migrations.AddIndex(
            model_name='return',
            index=models.Index(fields=['organisation', '-id'], name='return_organisation'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('submitted_by__isnull', True), ('submitted_at__isnull', False), _connector='OR'), models.Q(('moderated_by__isnull', True), ('moderated_at__isnull', False), _connector='OR'), models.Q(('signed_off_by__isnull', True), ('signed_off_at__isnull', False), _connector='OR')), name='return_who_has_when'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(('period_from__isnull', True), ('period_to__gte', models.F('period_from')), _connector='OR'), name='return_period_in_order'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('cancelled_because', ''), _negated=True), _connector='OR'), name='return_cancelled_with_reason'),
        ),
    ]
