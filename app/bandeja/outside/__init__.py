"""Packages that are opened in a process of their own, and the office's mailbox."""
