"""The form of a webhook."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from wtforms import SelectChoice, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.buffets.queries import list_active_buffets
from app.core.outgoing_http import CourtPortal, is_court_host
from app.eventos.models import Webhook
from app.eventos.rules import WEBHOOK_KINDS, TipoEvento, is_host_allowed
from app.eventos.service import WebhookData
from app.extensions import current_config
from app.web.forms import Form, at_most, required


class WebhookForm(Form):
    """Who is told of what, where."""

    nombre = StringField("Nombre", [required("Escriba a quién se avisa."), at_most(80)])
    url = StringField("Dirección", [required("Escriba la dirección que recibe."), at_most(500)])
    buffet_id = SelectField("Oficios", coerce=lambda value: int(value) if value else None)
    tipos = SelectMultipleField(
        "Eventos",
        choices=[SelectChoice(kind.value, kind.label) for kind in WEBHOOK_KINDS],
        default=[kind.value for kind in WEBHOOK_KINDS],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, hook: Webhook | None = None, **kwargs: Any) -> None:
        if hook is not None:
            kwargs["data"] = {
                "nombre": hook.nombre,
                "url": hook.url,
                "buffet_id": hook.buffet_id,
                "tipos": list(hook.tipos),
            }
        super().__init__(**kwargs)
        self.buffet_id.choices = [
            SelectChoice("", "De todos los buffets"),
            *(SelectChoice(str(row.id), f"De {row.nombre}") for row in list_active_buffets()),
        ]

    def validate_url(self, field: StringField) -> None:
        """An address of the web, without a name and a password in it."""
        try:
            parts = urlsplit(field.data)
            well_formed = parts.scheme in {"http", "https"} and bool(parts.hostname)
            well_formed = well_formed and parts.port != 0 and parts.username is None
        except ValueError:
            well_formed = False
        if not well_formed or not field.data.isascii() or " " in field.data:
            raise ValidationError("Escriba una dirección completa, por ejemplo https://….")
        config = current_config()
        if parts.scheme == "http" and not config.webhooks_allow_private:
            raise ValidationError("Debe empezar con https://: lo que se avisa iría sin cifrar.")
        if is_court_host(parts.hostname or ""):
            raise ValidationError(str(CourtPortal(parts.hostname or "")))
        if not is_host_allowed(field.data, config.webhook_hosts):
            raise ValidationError(
                "Esta instalación no permite avisar a ese servidor. Pida a quien cuida la máquina "
                "que lo agregue a WEBHOOK_HOSTS."
            )

    def validate_tipos(self, field: SelectMultipleField) -> None:
        """Nothing to tell is no webhook."""
        if not field.data:
            raise ValidationError("Marque al menos un evento.")

    def to_data(self) -> WebhookData:
        """What was typed, as the service takes it."""
        return WebhookData(
            nombre=self.nombre.data,
            url=self.url.data,
            buffet_id=self.buffet_id.data,
            tipos=tuple(TipoEvento(value) for value in self.tipos.data),
        )
