"""The blueprint of all these pages."""

from flask import Blueprint

bp = Blueprint("titulares", __name__)
