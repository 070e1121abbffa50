"""The audit log can be added to, and never changed: the database itself refuses."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON cheiron_auditevent
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON cheiron_auditevent
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
"""

POSTGRESQL = """
CREATE FUNCTION cheiron_audit_is_append_only() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE OR DELETE ON cheiron_auditevent
FOR EACH ROW EXECUTE FUNCTION cheiron_audit_is_append_only();
"""


def add_triggers(apps, schema_editor) -> None:
    """The same promise in each database's own words."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
        return
    for statement in SQLITE.split("END;"):
        if statement.strip():
            schema_editor.execute(statement + "END;")


class Migration(migrations.Migration):
    """Triggers after the tables."""

    dependencies = [("cheiron", "0001_initial")]
    operations = [migrations.RunPython(add_triggers, migrations.RunPython.noop)]
