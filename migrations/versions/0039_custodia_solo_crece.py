"""The chains only grow, too: the database refuses to change or remove their links

Revision ID: 0039
Revises: 0038
Create Date: 2026-11-29 13:50:00
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _make_function("TG_TABLE_NAME || ': solo se agrega'")
        op.execute(
            "CREATE TRIGGER custodia_solo_agrega BEFORE UPDATE OR DELETE ON custodia"
            " FOR EACH ROW EXECUTE FUNCTION rastro_solo_agrega()"
        )
        op.execute(
            "CREATE TRIGGER custodia_no_se_vacia BEFORE TRUNCATE ON custodia"
            " FOR EACH STATEMENT EXECUTE FUNCTION rastro_solo_agrega()"
        )
        return
    for name, deed in (("no_cambia", "UPDATE"), ("no_se_borra", "DELETE")):
        op.execute(
            f"CREATE TRIGGER custodia_{name} BEFORE {deed} ON custodia"
            " WHEN rastro_puerta() = 0"
            " BEGIN SELECT RAISE(ABORT, 'custodia: solo se agrega'); END"
        )
    # REPLACE removes a row without asking the trigger above, whichever key it stands in the way of.
    op.execute(
        "CREATE TRIGGER custodia_no_se_reemplaza BEFORE INSERT ON custodia"
        " WHEN rastro_puerta() = 0 AND (EXISTS (SELECT 1 FROM custodia WHERE id = NEW.id)"
        " OR EXISTS (SELECT 1 FROM custodia"
        " WHERE cadena = NEW.cadena AND secuencia = NEW.secuencia))"
        " BEGIN SELECT RAISE(ABORT, 'custodia: solo se agrega'); END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER custodia_no_se_vacia ON custodia")
        op.execute("DROP TRIGGER custodia_solo_agrega ON custodia")
        _make_function("'auditoria: solo se agrega'")
        return
    op.execute("DROP TRIGGER custodia_no_cambia")
    op.execute("DROP TRIGGER custodia_no_se_borra")
    op.execute("DROP TRIGGER custodia_no_se_reemplaza")


def _make_function(refusal: str) -> None:
    """The function of the audit's triggers, with this SQL for what it says."""
    op.execute(
        "CREATE OR REPLACE FUNCTION rastro_solo_agrega() RETURNS trigger AS $$"
        " BEGIN"
        " IF current_setting('rastro.puerta', true) = 'abierta' THEN"
        " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
        " END IF;"
        f" RAISE EXCEPTION '%', {refusal} USING ERRCODE = 'integrity_constraint_violation';"
        " END $$ LANGUAGE plpgsql"
    )
