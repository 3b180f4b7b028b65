"""What is measured, and in which words it is said."""

from __future__ import annotations

from app.core.labels import Labelled

#: The jobs by their names in the ledger.
READ_JOB = "indicadores.leer"
CHECK_JOB = "indicadores.revisar"
MONTH_JOB = "indicadores.mensual"
ISSUE_JOB = "indicadores.emitir_mensual"
#: Cases below which a share or a median of a person, a buffet or any other group is not shown
#: beside those of others: so few say nothing about who does better.
MIN_SAMPLE = 10
#: Days after which an open case is called old.
OLD_DAYS = 45
#: Groups that a chart shows; its table has all of them.
MAX_ROWS = 8
#: Closed cases up to which each is a point of its own; beyond that weeks are drawn.
MAX_POINTS = 400


class Agrupacion(Labelled):
    """By what cases are put together to compare them."""

    BUFFET = "buffet", "Buffet"
    INVESTIGADOR = "investigador", "Investigador"
    COMUNA = "comuna", "Comuna"
    MARCA = "marca", "Marca"


class Rango(Labelled):
    """The periods that the page offers; the label is what the button says."""

    DIAS = "30d", "Últimos 30 días"
    SEMANAS = "12s", "Últimas 12 semanas"
    ANIO = "anio", "Este año"
    FECHAS = "fechas", "Otras fechas"


class EstadoMensual(Labelled):
    """How a monthly report comes along."""

    PREPARANDO = "preparando", "En preparación", "info", "hourglass"
    EMITIDO = "emitido", "Emitido", "ok", "check"
    FALLIDO = "fallido", "No se pudo emitir", "danger", "alert-triangle"
    #: A case that it named was erased by law.
    RETIRADO = "retirado", "Retirado", "", "ban"


class Informe(Labelled):
    """A report: its name in addresses, and its title."""

    #: What it shows and how it is counted, for who reads the chart.
    definicion: str
    #: What the number beside its title counts.
    unidad: str
    #: How its drawing is read; nothing to say where there is none: on paper, in files, in the API.
    trazo: str

    FLUJO = (
        "flujo",
        "Flujo acumulado",
        "Cuántos oficios han llegado a cada paso, al final de cada día.",
        "oficios",
        "El alto de las tres franjas claras es lo que está abierto.",
    )
    RITMO = (
        "ritmo",
        "Recibidos y cerrados por semana",
        "De lunes a domingo. Un oficio cuenta como recibido el día de su ingreso y como cerrado el "
        "día en que se cerró; si se reabre, deja de contar hasta que se cierre otra vez.",
        "oficios",
    )
    CIERRE = (
        "cierre",
        "Tiempo hasta el cierre",
        "Días corridos desde el ingreso hasta el cierre de los oficios que se cerraron en el "
        "período.",
        "cerrados",
        "La mitad tardó lo que dice la línea continua o menos; 85 de 100, lo que dice la "
        "segmentada.",
    )
    ETAPAS = (
        "etapas",
        "Tiempo en cada paso",
        "Días corridos que los oficios cerrados en el período pasaron en cada paso, sumadas sus "
        "vueltas. «Búsqueda a cierre» va desde que comenzó la búsqueda; «Ingreso a cierre», desde "
        "que se recibió el oficio.",
        "cerrados",
        "El punto es la mitad; la barra llega hasta 85 de 100.",
    )
    ANTIGUEDAD = (
        "antiguedad",
        "Antigüedad de los abiertos",
        "Días corridos desde el ingreso de los oficios que están abiertos hoy, sin importar el "
        "período que se eligió.",
        "abiertos",
    )
    EXITO = (
        "exito",
        "Éxito",
        "Vehículos encontrados, de los oficios que se cerraron en el período.",
        "cerrados",
        "La barra clara es el margen: si se topan, no hay diferencia.",
    )
    UBICAR = (
        "ubicar",
        "Días hasta ubicar",
        "Días corridos desde el ingreso hasta que el vehículo fue ubicado por última vez, de los "
        "oficios ubicados en el período.",
        "ubicados",
        "El punto es la mitad; la barra llega hasta 85 de 100.",
    )
    PROMESAS_SEMANA = (
        "promesas_semana",
        "Promesas por semana",
        "De las promesas de cada tipo que se cumplieron o vencieron en la semana, la parte que se "
        "cumplió a tiempo, en horas hábiles; el reloj se detiene mientras se espera al buffet o al "
        "tribunal.",
        "promesas",
        "La línea segmentada es la meta que dice Ajustes.",
    )
    PROMESAS = (
        "promesas",
        "Promesas cumplidas",
        "De las promesas que se cumplieron o vencieron en el período, la parte que se cumplió a "
        "tiempo. Un oficio tiene hasta tres; la que todavía corre no cuenta.",
        "promesas",
    )
    RECEPTORES = (
        "receptores",
        "Respuesta de los receptores",
        "Avisos enviados en el período y la primera respuesta a cada uno, en horas corridas. El "
        "resultado es la última respuesta que se recibió.",
        "avisos",
    )
    CONSULTAS = (
        "consultas",
        "Consultas y lo que rinden",
        "Consultas a cada fuente por semana. «Con datos» son las respuestas que trajeron al menos "
        "una pasada nueva. El costo es el de las respondidas, al precio que hoy dice Ajustes.",
        "consultas",
    )
    INGRESO = (
        "ingreso",
        "Calidad de lo que llega",
        "Oficios recibidos en el período que venían con rol, tribunal, plazo y dirección, y sin "
        "datos dudosos. La tabla dice además qué archivos se devolvieron.",
        "recibidos",
    )

    def __init__(
        self,
        value: object,
        label: str = "",
        definicion: str = "",
        unidad: str = "",
        trazo: str = "",
    ) -> None:
        super().__init__(value, label)
        self.definicion = definicion
        self.unidad = unidad
        self.trazo = trazo

    @property
    def is_grouped(self) -> bool:
        """Whether it compares groups that the reader chooses."""
        return self in {Informe.EXITO, Informe.UBICAR}


#: Why a row has no figure.
SMALL_SAMPLE = f"Muestra chica: con menos de {MIN_SAMPLE} no se compara"
