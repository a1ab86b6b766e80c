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
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('known_at', models.DateTimeField()),
                ('title', models.CharField(max_length=300)),
                ('profile', models.CharField(max_length=20)),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='FrozenFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(max_length=80)),
                ('key', models.CharField(max_length=80)),
                ('version', models.IntegerField()),
                ('definition', models.CharField(max_length=80)),
                ('asked', models.JSONField()),
                ('answer', models.JSONField()),
                ('shown', models.JSONField()),
                ('observed_until', models.DateField(null=True)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='indicators.publication')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('publication', 'ref'), name='frozen_figure_once')],
            },
        ),
    ]
