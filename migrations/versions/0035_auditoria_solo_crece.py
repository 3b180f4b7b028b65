"""The audit only grows: the database refuses to change or remove what it says

Revision ID: 0035
Revises: 0034
Create Date: 2026-11-29 07:50:00
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_REFUSAL = "auditoria: solo se agrega"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION rastro_solo_agrega() RETURNS trigger AS $$"
            " BEGIN"
            " IF current_setting('rastro.puerta', true) = 'abierta' THEN"
            " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
            " END IF;"
            f" RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';"
            " END $$ LANGUAGE plpgsql"
        )
        op.execute(
            "CREATE TRIGGER auditoria_solo_agrega BEFORE UPDATE OR DELETE ON auditoria"
            " FOR EACH ROW EXECUTE FUNCTION rastro_solo_agrega()"
        )
        op.execute(
            "CREATE TRIGGER auditoria_no_se_vacia BEFORE TRUNCATE ON auditoria"
            " FOR EACH STATEMENT EXECUTE FUNCTION rastro_solo_agrega()"
        )
        return
    for name, deed in (("no_cambia", "UPDATE"), ("no_se_borra", "DELETE")):
        # Without the function, on a connection that is not the application's, it is refused too.
        op.execute(
            f"CREATE TRIGGER auditoria_{name} BEFORE {deed} ON auditoria"
            " WHEN rastro_puerta() = 0"
            f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
    # REPLACE removes a row without asking the trigger above.
    op.execute(
        "CREATE TRIGGER auditoria_no_se_reemplaza BEFORE INSERT ON auditoria"
        " WHEN rastro_puerta() = 0 AND EXISTS (SELECT 1 FROM auditoria WHERE id = NEW.id)"
        " BEGIN SELECT RAISE(ABORT, 'auditoria: solo se agrega'); END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER auditoria_no_se_vacia ON auditoria")
        op.execute("DROP TRIGGER auditoria_solo_agrega ON auditoria")
        op.execute("DROP FUNCTION rastro_solo_agrega()")
        return
    op.execute("DROP TRIGGER auditoria_no_cambia")
    op.execute("DROP TRIGGER auditoria_no_se_borra")
    op.execute("DROP TRIGGER auditoria_no_se_reemplaza")
