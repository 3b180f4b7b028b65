"""The one blueprint of the pages of promises."""

from flask import Blueprint

bp = Blueprint("promesas", __name__)
