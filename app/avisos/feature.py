"""The bell."""

from __future__ import annotations

from app.avisos import pages
from app.avisos.cli import avisos_cli
from app.avisos.jobs import (
    forget_devices,
    send_digests,
    send_on_device,
    send_on_devices,
    send_soon,
)
from app.avisos.models import Aviso, EquipoAvisado, HoraResumen, Preferencia
from app.avisos.pages import devices
from app.avisos.pages.bell_stream import BELLS, BellSource
from app.avisos.service import tell_owner
from app.feature import Feature
from app.usuarios.service import ring_owner

FEATURE = Feature(
    name="avisos",
    models=(Aviso, EquipoAvisado, HoraResumen, Preferencia),
    pages=(pages, devices),
    commands=(avisos_cli,),
    jobs=(send_soon, send_digests, send_on_devices, send_on_device, forget_devices),
    streams={BELLS: BellSource},
    provides=(ring_owner.by(tell_owner),),
)
