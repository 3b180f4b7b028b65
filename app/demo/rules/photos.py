"""Drawings that stand for photos in the demonstration: nobody could take them for evidence."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

from app.core.patente import format_patente

_PAINT = {
    "blanco": "#f1f3f4",
    "gris": "#8b949b",
    "negro": "#2b2f33",
    "rojo": "#b3342d",
    "azul": "#2f5f9e",
    "plateado": "#c3cad0",
}
_SKIES = ("#cfdfe6", "#e6dccf", "#c9d3da")


def draw_photo(patente: str, color: str, number: int) -> bytes:
    """A JPEG of a drawn car with its plate; the number changes the light and the place."""
    width, height = 1200, 900
    picture = Image.new("RGB", (width, height), _SKIES[number % len(_SKIES)])
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 560, width, height), fill="#6d757b")
    for x in range(-60 + 90 * number, width, 260):
        draw.rectangle((x, 700, x + 120, 712), fill="#d9dde0")
    left = 120 + 60 * number
    paint = _PAINT.get(color, "#8b949b")
    draw.polygon(
        [(left + 170, 330), (left + 590, 330), (left + 740, 480), (left + 60, 480)], fill=paint
    )
    draw.polygon(
        [(left + 205, 360), (left + 555, 360), (left + 660, 470), (left + 130, 470)],
        fill="#394349",
    )
    draw.rounded_rectangle((left, 470, left + 820, 640), radius=40, fill=paint)
    for x in (left + 190, left + 630):
        draw.ellipse((x - 80, 560, x + 80, 720), fill="#1d2023")
        draw.ellipse((x - 36, 604, x + 36, 676), fill="#9aa3a9")
    plate = (left + 300, 540, left + 520, 600)
    draw.rounded_rectangle(plate, radius=8, fill="white", outline="#111111", width=4)
    center = ((plate[0] + plate[2]) / 2, (plate[1] + plate[3]) / 2)
    draw.text(
        center,
        format_patente(patente),
        fill="#111111",
        font=ImageFont.load_default(38),
        anchor="mm",
    )
    draw.text(
        (24, height - 48), "Dibujo para la demo", fill="white", font=ImageFont.load_default(28)
    )
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=85)
    return output.getvalue()
