"""What a paper of the tray says, beside the form of its case."""

from __future__ import annotations

from app.bandeja.service.reading import read_paper
from app.feature import Feature
from app.papeles import pages
from app.papeles.jobs import attach_paper
from app.papeles.service.paper_reading import read_paper_item

FEATURE = Feature(
    name="papeles",
    pages=(pages,),
    jobs=(attach_paper,),
    provides=(read_paper.by(read_paper_item),),
)
