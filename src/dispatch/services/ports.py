"""Ports to listen on, and why one cannot be listened on, in words."""

from __future__ import annotations

import errno
import socket

from dispatch.model.errors import SettingError


def check_free(host: str, port: int) -> None:
    """Raise `SettingError` unless somebody can listen on ``port`` of ``host``; 0 takes any and always passes."""
    if not port:
        return
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise cannot_listen(host, port, error) from error


def cannot_listen(host: str, port: int, error: OSError) -> SettingError:
    """The error that says why nobody can listen there."""
    reason, hint = "is not free", "another program listens there; another port can be given."
    if isinstance(error, PermissionError):
        reason, hint = "may not be used by this program", "a port above 1023 was meant."
    elif isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        reason, hint = "is on no address of this machine", "127.0.0.1 or 0.0.0.0 was meant."
    return SettingError(f"The port {port} on {host} {reason} ({error.strerror}).", code="port_in_use", hint=hint)
