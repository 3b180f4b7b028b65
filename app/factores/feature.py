"""A second factor: passkeys, codes of an application, codes on paper; and when it is asked for."""

from __future__ import annotations

from app.factores import jobs, pages
from app.factores.cli import factores_cli
from app.factores.models import Autenticador, CodigoRespaldo, LlaveAcceso
from app.factores.pages import proving
from app.factores.rules import REQUIRED
from app.feature import Feature
from app.usuarios.pages.signing_in import next_step
from app.web.fresh import ask_again

FEATURE = Feature(
    name="factores",
    models=(Autenticador, LlaveAcceso, CodigoRespaldo),
    pages=(pages, proving),
    jobs=(jobs.mail_change,),
    settings=(REQUIRED,),
    commands=(factores_cli,),
    provides=(
        next_step.by(proving.step_after_password),
        ask_again.by(proving.ask_before_going_on),
    ),
    init=proving.init_enrolling,
)
