"""What each source of sightings can tell, how late, and for how much: its reach.

A source declares its reach here; the office corrects it in *Ajustes* as it comes to know better.
Nothing is read from silence that lies within a source's latency or outside its coverage.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.ajustes.rules import Setting
from app.consultas.rules.vouched_spans import Tramo
from app.core.labels import Labelled


class Cobertura(Labelled):
    """Whose crossings a source tells."""

    TODAS = "todas", "Todas las pasadas"
    SIN_TAG = "sin_tag", "Solo pasadas sin un TAG válido"


@dataclass(frozen=True)
class FuenteAlcance:
    """The reach of a source, as far as the office knows it."""

    #: The source's name: a value of ``PORTICOS_PROVIDER``, or ``demo``.
    fuente: str
    #: A crossing is told from that day after it on: what is younger cannot be known.
    desde_dia: int
    #: It is no longer told after that day; 0: the source forgets nothing.
    hasta_dia: int
    cobertura: Cobertura
    #: Days after which a case is looked up again by itself.
    cada_dias: int
    #: Whole pesos of one look-up; 0: nobody wrote it down.
    precio: int = 0
    #: Look-ups in a calendar month; the automatic ones stop there.
    presupuesto: int = 1000

    @property
    def only_without_tag(self) -> bool:
        """Whether vehicles with a valid TAG are never in it."""
        return self.cobertura is Cobertura.SIN_TAG

    @property
    def lossless_days(self) -> int | None:
        """Days between two look-ups up to which no crossing is lost; None: any number."""
        return max(1, self.hasta_dia - self.desde_dia) if self.hasta_dia else None

    @property
    def pause_days(self) -> int:
        """Days until a case that was looked up is worth another look by itself.

        Never more than the source remembers: a crossing would be told by neither look-up.
        """
        return max(1, min(self.cada_dias, self.lossless_days or self.cada_dias))

    def known_until(self, asked_at: datetime) -> datetime:
        """Until when the source would have told of a crossing when it was asked."""
        return asked_at - timedelta(days=self.desde_dia)

    def read_tramo(
        self,
        asked_at: datetime,
        *,
        oldest: datetime | None = None,
        newest: datetime | None = None,
        is_whole: bool = True,
    ) -> Tramo | None:
        """The time of which one look-up would have told.

        ``oldest`` and ``newest`` are the crossings that it told: a source may do better than it
        declares. An answer with items that nobody could read (``is_whole`` false) vouches for no
        more than lies between them.
        """
        if not is_whole:
            if oldest is None or newest is None:
                return None
            return Tramo(self.fuente, oldest, newest, self.only_without_tag)
        until = self.known_until(asked_at)
        # Without a limit a source reaches back further than any sighting is looked at.
        since = asked_at - timedelta(days=self.hasta_dia or _ALWAYS)
        since, until = min(since, oldest or since), max(until, newest or until)
        return Tramo(self.fuente, since, until, self.only_without_tag) if since < until else None


_ALWAYS = 3650

#: The public source tells of a passage without a valid TAG from day 11 to day 30, when it becomes
#: a fine and vanishes (``law.md``). Boostr sells its answers.
BOOSTR = FuenteAlcance("boostr", 11, 30, Cobertura.SIN_TAG, cada_dias=7)
#: Whoever speaks the plain protocol; until the office knows better it is taken for the public one.
GENERICO = FuenteAlcance("generico", 11, 30, Cobertura.SIN_TAG, cada_dias=7)
#: The demonstration's own provider invents crossings up to the minute, for six weeks.
DEMO = FuenteAlcance("demo", 0, 42, Cobertura.TODAS, cada_dias=1)

DECLARED = {alcance.fuente: alcance for alcance in (GENERICO, BOOSTR, DEMO)}
#: The source of what says no name that is declared.
UNNAMED = GENERICO.fuente


def _settings_of(alcance: FuenteAlcance) -> dict[str, Setting]:
    """What an admin may correct of a source's reach."""
    grupo = f"Fuente de pasadas «{alcance.fuente}»"

    def setting(campo: str, etiqueta: str, ayuda: str = "", **values: object) -> Setting:
        defecto = getattr(alcance, campo)
        if isinstance(defecto, enum.Enum):
            defecto = defecto.value
        clave = f"fuente_{alcance.fuente}.{campo}"
        return Setting(clave, grupo, etiqueta, defecto, ayuda, **values)  # type: ignore[arg-type]

    return {
        "desde_dia": setting(
            "desde_dia",
            "Cuenta una pasada desde el día",
            "Días que tarda. Lo más reciente no se sabe, y su silencio no dice nada.",
            unidad="días",
            maximo=365,
        ),
        "hasta_dia": setting(
            "hasta_dia",
            "Deja de contarla después del día",
            "0: no olvida. Si hay que consultar antes para no perder pasadas, Rastro lo hace.",
            unidad="días",
            maximo=3650,
        ),
        "cobertura": setting(
            "cobertura",
            "Qué pasadas cuenta",
            "De un vehículo con TAG, una fuente de pasadas sin TAG no dice nada.",
            opciones=tuple((member.value, member.label) for member in Cobertura),
        ),
        "cada_dias": setting(
            "cada_dias",
            "Volver a consultar un caso cada",
            "Solo la consulta automática.",
            unidad="días",
            minimo=1,
            maximo=365,
        ),
        "precio": setting(
            "precio",
            "Precio de una consulta, en pesos",
            "0: no se sabe. Se muestra antes de consultar y en Consultas.",
            unidad="pesos",
        ),
        "presupuesto": setting(
            "presupuesto",
            "Consultas por mes",
            "La consulta automática se detiene ahí; a mano se puede seguir, con una advertencia.",
            unidad="consultas",
            maximo=1_000_000,
        ),
    }


_BY_SOURCE = {fuente: _settings_of(alcance) for fuente, alcance in DECLARED.items()}
#: In the order of the page. The demonstration's are not shown: nothing of it is to be corrected.
SETTINGS = tuple(
    setting
    for fuente, settings in _BY_SOURCE.items()
    if fuente != DEMO.fuente
    for setting in settings.values()
)


def settings_of(fuente: str) -> dict[str, Setting]:
    """The settings of a source by the field that they hold."""
    return _BY_SOURCE.get(fuente, _BY_SOURCE[UNNAMED])


def declared_name(fuente: str | None, *, is_demo: bool = False) -> str:
    """The source that an answer comes from, among those that declare a reach."""
    if is_demo:
        return DEMO.fuente
    return fuente if fuente in DECLARED else UNNAMED


def start_of_month(today: date) -> date:
    """The first day of the month of which a budget is counted."""
    return today.replace(day=1)


def next_month(today: date) -> date:
    """The first day of the month after it."""
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def describe_reach(alcance: FuenteAlcance) -> str:
    """What a source tells and how late: «solo pasadas sin TAG, desde el día 11 hasta el 30»."""
    what = "solo pasadas sin un TAG válido" if alcance.only_without_tag else "todas las pasadas"
    since = f"desde el día {alcance.desde_dia}" if alcance.desde_dia else "desde el mismo día"
    until = f" hasta el {alcance.hasta_dia}" if alcance.hasta_dia else ""
    return f"{what}, {since}{until}"
