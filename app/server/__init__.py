"""The web's own door: whole requests go to threads, slow clients and open streams hold none.

gunicorn starts and replaces the processes, uvicorn speaks HTTP, and what is here decides how long
and how large a request may be, runs the Flask application in a few threads, and sends answers as
fast as each client takes them. Why it is so: docs/desarrollo/decisiones.md, 14.
"""
