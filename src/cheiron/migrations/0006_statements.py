from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cheiron", "0005_released_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="intakesheet",
            name="statement",
            field=models.TextField(blank=True, default="", max_length=1000),
            preserve_default=False,
        ),
    ]
