from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cheiron", "0004_methods_and_lots"),
    ]

    operations = [
        migrations.AddField(
            model_name="intakesheet",
            name="statement",
            field=models.TextField(blank=True, default="", max_length=1000),
            preserve_default=False,
        ),
    ]
