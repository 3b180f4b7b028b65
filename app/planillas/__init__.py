"""Lists that are uploaded: one engine, and what it is told of each kind of list.

The engine opens a file, finds its header, keeps it as a draft, shows what every row will become,
imports all or nothing, and reports. A kind of list (``service.kinds.Kind``) says what its fields
are, how a row is judged and stored, and what the report tells: ``service.import_oficios`` for a
buffet's orders, ``service.import_pasos`` for a concessionaire's crossings.
"""
