from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cheiron", "0004_methods_and_lots"),
    ]

    operations = [
        migrations.AddField(
            model_name="program",
            name="next_match_on",
            field=models.DateField(null=True),
        ),
    ]
