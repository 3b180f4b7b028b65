"""Erasing what the law orders to erase: people's data, closed cases, and their copies."""
