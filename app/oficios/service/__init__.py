"""What happens to an oficio: it is opened, moved, assigned, edited; the bitácora tells all."""

from __future__ import annotations

from app.oficios.service.acknowledging import confirm_warning
from app.oficios.service.bitacora import (
    add_entry,
    correct_entry,
    edit_entry,
    has_own_line,
    own_words,
    record,
    refuse_correction,
    refuse_edit,
    remove_entry,
    take_back_promise,
)
from app.oficios.service.carga import CasoData, announce, draft_cases, reveal, store_unseen
from app.oficios.service.case_refusals import MoveRefused, NumeroTaken, StaleOficio
from app.oficios.service.cases import (
    assign_oficio,
    create_oficio,
    prioritise_oficio,
    reschedule_oficio,
    update_oficio,
)
from app.oficios.service.data import (
    DireccionData,
    DireccionListada,
    EntradaData,
    OficioData,
    Posicion,
    PropietarioData,
    RawAnswer,
    VehiculoData,
    VisitaData,
)
from app.oficios.service.direcciones import (
    add_direccion,
    add_visita,
    place_direccion,
    position_of,
    remove_direccion,
    update_direccion,
)
from app.oficios.service.entrusting import entrust_cases, taken_cases
from app.oficios.service.moves import RANK_GAP, UNDO_PERIOD, Move, move_oficio, undo_move
from app.oficios.service.personas import add_persona, remove_persona, reveal_persona, update_persona
from app.oficios.service.removing import hide_cases, remove_cases, spare_cases, touched_cases
from app.oficios.service.search_text import refresh_search
from app.oficios.service.seguimientos import FollowUpRefused, finish, follow_up, postpone
from app.oficios.service.textos import (
    TextoTaken,
    add_texto,
    place_texto,
    toggle_texto,
    update_texto,
)
from app.oficios.service.vehiculo import update_vehiculo
from app.oficios.service.versions import touch

__all__ = [
    "RANK_GAP",
    "UNDO_PERIOD",
    "CasoData",
    "DireccionData",
    "DireccionListada",
    "EntradaData",
    "FollowUpRefused",
    "Move",
    "MoveRefused",
    "NumeroTaken",
    "OficioData",
    "Posicion",
    "PropietarioData",
    "RawAnswer",
    "StaleOficio",
    "TextoTaken",
    "VehiculoData",
    "VisitaData",
    "add_direccion",
    "add_entry",
    "add_persona",
    "add_texto",
    "add_visita",
    "announce",
    "assign_oficio",
    "confirm_warning",
    "correct_entry",
    "create_oficio",
    "draft_cases",
    "edit_entry",
    "entrust_cases",
    "finish",
    "follow_up",
    "has_own_line",
    "hide_cases",
    "move_oficio",
    "own_words",
    "place_direccion",
    "place_texto",
    "position_of",
    "postpone",
    "prioritise_oficio",
    "record",
    "refresh_search",
    "refuse_correction",
    "refuse_edit",
    "remove_cases",
    "remove_direccion",
    "remove_entry",
    "remove_persona",
    "reschedule_oficio",
    "reveal",
    "reveal_persona",
    "spare_cases",
    "store_unseen",
    "take_back_promise",
    "taken_cases",
    "toggle_texto",
    "touch",
    "touched_cases",
    "undo_move",
    "update_direccion",
    "update_oficio",
    "update_persona",
    "update_texto",
    "update_vehiculo",
]
