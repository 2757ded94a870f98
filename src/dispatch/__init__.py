"""Dispatch: event-sourced scheduling and dispatch for field teams.

Requests, reports and directions come in as messages, decisions become events, and everything
anybody looks at is folded from those events. See ``docs/design.md`` for the rooms of this package
and what each may import.
"""
