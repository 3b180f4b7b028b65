"""What is proposed to tell the office's own people of the position of their phones (16 sexies)."""

from __future__ import annotations

INFORMATION_MAX = 8000


def propose_information(oficina: str) -> str:
    """A text that says what this program does; what only the office can say is marked."""
    name = oficina or "[por completar: nombre de la oficina]"
    paragraphs = (
        f"{name} usa Rastro, que puede tomar la posición de su teléfono mientras usted trabaja.",
        "Cuándo. Solo con la página abierta y por algo que usted hace: anotar una visita, marcar "
        "un vehículo como ubicado u ordenar su lista por cercanía. Nunca en segundo plano ni fuera "
        "de esas páginas, y el navegador se lo pregunta antes.",
        "Qué queda. La posición y su exactitud quedan con la visita o la ubicación que usted "
        "guarda, con la hora. El orden por cercanía se calcula en su teléfono y no se envía.",
        "Para qué. Para probar dónde y cuándo se hizo una diligencia, y para llegar otra vez al "
        "vehículo. [por completar: si se usa para algo más, o que no se usa para controlar la "
        "jornada]",
        "Quién la ve. La gente de la oficina que trabaja el caso y, en un expediente, el tribunal. "
        "[por completar: si alguien más]",
        "Cuánto tiempo. Mientras se guarde el caso. [por completar: el plazo de la oficina]",
        "Sus derechos. Puede trabajar sin dar la posición: se escribe la dirección. Puede pedir "
        "acceso, rectificación, supresión u oposición a [por completar: a quién].",
    )
    return "\n\n".join(paragraphs)
