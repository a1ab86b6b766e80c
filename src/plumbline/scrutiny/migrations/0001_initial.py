import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0001_initial'),
        ('evidence', '0001_initial'),
        ('indicators', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('summary', models.TextField(blank=True)),
                ('conclusion', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('wording', models.TextField(blank=True)),
                ('theme', models.CharField(blank=True, max_length=100)),
                ('source', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='QuestionSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60, unique=True)),
                ('title', models.CharField(max_length=300)),
                ('publisher', models.CharField(max_length=200)),
                ('year', models.IntegerField()),
                ('source', models.CharField(blank=True, max_length=300)),
                ('note', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='Quotation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_body', models.CharField(max_length=200)),
                ('source_title', models.CharField(max_length=300)),
                ('said_on', models.DateField()),
                ('text', models.TextField()),
                ('permission', models.CharField(max_length=300)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.IntegerField()),
                ('kind', models.CharField(choices=[('heading', 'Heading'), ('paragraph', 'Paragraph'), ('table', 'Table'), ('chart', 'Chart'), ('quotation', 'Quotation'), ('gap', 'What cannot be shown yet')], max_length=10)),
                ('text', models.TextField()),
                ('options', models.JSONField(default=dict)),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='scrutiny.answer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('answer', 'position'), name='claim_position_once')],
            },
        ),
        migrations.AddField(
            model_name='answer',
            name='question',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='scrutiny.question'),
        ),
        migrations.AddField(
            model_name='question',
            name='question_set',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='scrutiny.questionset'),
        ),
        migrations.CreateModel(
            name='ClaimEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('figure_ref', models.CharField(blank=True, max_length=80)),
                ('figure_asked', models.JSONField(null=True)),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='scrutiny.claim')),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='evidence.document')),
                ('quotation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='scrutiny.quotation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('document__isnull', True), ('figure_asked__isnull', False), ('quotation__isnull', True), models.Q(('figure_ref', ''), _negated=True)), models.Q(('document__isnull', True), ('figure_asked__isnull', True), ('figure_ref', ''), ('quotation__isnull', False)), models.Q(('document__isnull', False), ('figure_asked__isnull', True), ('figure_ref', ''), ('quotation__isnull', True)), _connector='OR'), name='claim_evidence_exactly_one_kind')],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=300)),
                ('as_at', models.DateField()),
                ('profile', models.CharField(default='dfe-cin', max_length=20)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft', max_length=10)),
                ('front', models.JSONField(default=dict)),
                ('made_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('publication', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='report', to='indicators.publication')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('publication__isnull', True), ('published_at__isnull', True), ('published_by__isnull', True), ('state', 'draft')), models.Q(('publication__isnull', False), ('published_at__isnull', False), ('state', 'published')), _connector='OR'), name='report_published_with_its_figures')],
            },
        ),
        migrations.AddField(
            model_name='answer',
            name='report',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='scrutiny.report'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(fields=('question_set', 'number'), name='question_once_per_set'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.UniqueConstraint(fields=('report', 'question'), name='answer_once_per_report'),
        ),
    ]
