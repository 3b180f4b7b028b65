"""Who may use which route: one table, held against the whole URL map.

A row is ``endpoint: who``, where ``who`` names everybody that gets in. ``world.py`` says which
rows the arguments of a route stand for: they belong to ``buffet``, whose person is ``cliente``.
"""

from __future__ import annotations

EVERYBODY = frozenset({"anonimo", "ajeno", "cliente", "investigador", "admin"})
SIGNED_IN = EVERYBODY - {"anonimo"}
#: People of the firm, and the cliente of the buffet that the row belongs to.
INVOLVED = frozenset({"cliente", "investigador", "admin"})
STAFF = frozenset({"investigador", "admin"})
ADMIN = frozenset({"admin"})
CLIENTES = frozenset({"cliente", "ajeno"})
NOBODY: frozenset[str] = frozenset()

PERMISSIONS: dict[str, frozenset[str]] = {
    "static": EVERYBODY,
    "home": SIGNED_IN,
    "auth.login_page": EVERYBODY,
    "auth.logout": SIGNED_IN,
    "health.health": EVERYBODY,
    # The test's client is this machine itself: tests/api/test_metrics.py holds who else gets in.
    "metrics.prometheus": EVERYBODY,
    "metrics.as_json": EVERYBODY,
    "usuarios.profile": SIGNED_IN,
    "usuarios.index": ADMIN,
    "usuarios.create": ADMIN,
    "usuarios.edit": ADMIN,
    "usuarios.toggle": ADMIN,
    "usuarios.password": ADMIN,
    "buffets.index": ADMIN,
    "buffets.create": ADMIN,
    "buffets.detail": ADMIN,
    "buffets.rotate": ADMIN,
    "buffets.revoke": ADMIN,
    "buffets.toggle": ADMIN,
    "trabajos.index": ADMIN,
    "trabajos.detail": ADMIN,
    "trabajos.summary": ADMIN,
    "trabajos.throughput": ADMIN,
    "trabajos.export": ADMIN,
    "trabajos.bulk": ADMIN,
    "trabajos.act": ADMIN,
    "trabajos.section": STAFF,
    # A magic link opens for whoever holds it; the dashboard for the buffet that it belongs to.
    "portal.open_link": EVERYBODY,
    "portal.home": CLIENTES,
    "portal.detail": frozenset({"cliente"}),
    "portal.leave": EVERYBODY,
    "importador.start": STAFF,
    "importador.preview": STAFF,
    "importador.review": STAFF,
    "importador.import": STAFF,
    "importador.discard": STAFF,
    "importador.report": STAFF,
    "oficios.detail": STAFF,
    "oficios.create": STAFF,
    "oficios.confirm_warning": STAFF,
    "oficios.add_entry": STAFF,
    "oficios.edit_entry": STAFF,
    "oficios.personas": STAFF,
    "oficios.edit_persona": STAFF,
    "oficios.remove_persona": STAFF,
    "oficios.direcciones": STAFF,
    "oficios.edit_direccion": STAFF,
    "oficios.add_visita": STAFF,
    "oficios.vehiculo": STAFF,
    "oficios.datos": STAFF,
    "tablero.board": STAFF,
    "tablero.column": STAFF,
    "tablero.card": STAFF,
    "tablero.move": STAFF,
    "adjuntos.section": STAFF,
    "adjuntos.upload": STAFF,
    "adjuntos.detail": STAFF,
    "adjuntos.update": STAFF,
    "adjuntos.remove": STAFF,
    "adjuntos.copy": STAFF,
    "adjuntos.thumbnail": STAFF,
    "adjuntos.original": STAFF,
    "avistamientos.section": STAFF,
    "avistamientos.edit": STAFF,
    "avistamientos.check": STAFF,
    "avistamientos.answer": STAFF,
    "notificaciones.section": STAFF,
    "notificaciones.compose": STAFF,
    "notificaciones.preview": STAFF,
    "notificaciones.preview_page": STAFF,
    "notificaciones.preview_html": STAFF,
    "notificaciones.send": STAFF,
    "notificaciones.detail": STAFF,
    "notificaciones.detail_html": STAFF,
    "notificaciones.resend": STAFF,
    "notificaciones.receptores": STAFF,
    "notificaciones.create_receptor_page": STAFF,
    "notificaciones.edit_receptor": STAFF,
    "notificaciones.toggle_receptor": STAFF,
    # The demonstration's mailbox exists for nobody outside of a demonstration.
    "demo.mailbox": NOBODY,
    "demo.mail": NOBODY,
    "demo.mail_html": NOBODY,
    "demo.mail_part": NOBODY,
    # The API knows nobody by a cookie; tests/api holds who gets in with a token.
    "api.auth.login": EVERYBODY,
    "api.auth.me": NOBODY,
    "api.buffets.create": NOBODY,
    "api.buffets.index": NOBODY,
    "api.buffets.detail": NOBODY,
    "api.buffets.change": NOBODY,
    "api.buffets.close": NOBODY,
    "api.buffets.usuarios": NOBODY,
    "api.buffets.rotate": NOBODY,
    "api.oficios.check": NOBODY,
    "api.oficios.notify": NOBODY,
    "api.trabajos.detail": NOBODY,
}
