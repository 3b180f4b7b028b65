"""The Kanban: its page, its cards and what is done with them, its list, its views, its feed."""
