from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cheiron", "0006_statements"),
    ]

    operations = [
        migrations.AddField(
            model_name="program",
            name="next_match_on",
            field=models.DateField(null=True),
        ),
    ]
