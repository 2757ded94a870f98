"""What happened to a post (岗位): registered, changed, retired."""

from __future__ import annotations

from msgspec import Struct

from dispatch.model.posts import Post
from dispatch.model.words import Token


class PostRegistered(Struct, frozen=True, kw_only=True):
    """It is to be manned from now on. ``world`` names the file that says so."""

    post: Post
    world: str = ""


class PostChanged(Struct, frozen=True, kw_only=True):
    """Something about it changed; the whole new record. ``without``: the file that says so no longer."""

    post: Post
    world: str = ""
    without: str = ""


class PostRetired(Struct, frozen=True, kw_only=True):
    """It is not manned any more; ``moved_to`` names the area that has it now."""

    moved_to: Token | None = None


PostEvent = PostRegistered | PostChanged | PostRetired
EVENTS: tuple[type[Struct], ...] = PostEvent.__args__
