"""Accounts, and who signs in."""

from __future__ import annotations

from app.auditoria.rules import find_origin
from app.feature import Feature
from app.usuarios import jobs, pages
from app.usuarios.cli import usuarios_cli
from app.usuarios.models import Sesion, Usuario
from app.usuarios.pages import own_links, sesiones, signing_in, telefono
from app.usuarios.pages.open_sessions import current_origin
from app.usuarios.rules.por_necesidad import ACCESS_MODE
from app.usuarios.rules.sesiones import SETTINGS
from app.web.navigation import Audience, Group, Link, Menu

FEATURE = Feature(
    name="usuarios",
    models=(Usuario, Sesion),
    pages=(signing_in, own_links, sesiones, telefono, pages),
    jobs=(
        jobs.mail_recovery,
        jobs.mail_invite,
        jobs.mail_new_password,
        jobs.write_attempts,
        jobs.forget_sessions,
    ),
    settings=(*SETTINGS, ACCESS_MODE),
    commands=(usuarios_cli,),
    navigation=(
        Link(
            Menu.ADMIN,
            10,
            "usuarios.index",
            "Personas",
            "users",
            audience=Audience.ADMIN,
            text="Las cuentas de la oficina y de los buffets, y sus invitaciones.",
            group=Group.CON_QUIEN,
        ),
    ),
    provides=(find_origin.by(current_origin),),
    init=signing_in.init_auth,
)
