"""Cars, names and places that the demonstration puts its cases together from, all invented."""

from __future__ import annotations

CARS = (
    ("Suzuki", "Swift"),
    ("Mazda", "CX-5"),
    ("Kia", "Rio 5"),
    ("Chevrolet", "Sail"),
    ("Nissan", "Versa"),
    ("Toyota", "Yaris"),
    ("Ford", "Ranger"),
    ("Hyundai", "Accent"),
    ("Peugeot", "208"),
    ("Mitsubishi", "L200"),
)
COLORS = ("blanco", "gris", "negro", "rojo", "azul", "plateado")
NAMES = ("Andrea", "Bruno", "Camila", "Diego", "Elisa", "Felipe", "Gabriela", "Hugo", "Irene")
SURNAMES = (
    "Aravena",
    "Bustos",
    "Cárdenas",
    "Donoso",
    "Espinoza",
    "Figueroa",
    "Godoy",
    "Henríquez",
)
STREETS = ("Av. Grecia", "Camino El Alba", "Pasaje Las Lilas", "Av. Los Leones", "San Diego")
COMUNAS = ("Ñuñoa", "Maipú", "Las Condes", "Puente Alto", "La Florida", "Renca", "San Miguel")
BANKS = ("BANCO DEL PACÍFICO", "FINANCIERA AUSTRAL", "AUTOCRÉDITO DEL SUR")
LETTERS = "BCDFGHJKLPRSTVWXYZ"
