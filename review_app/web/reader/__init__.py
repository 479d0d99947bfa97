"""The pages of those who read reports by a link: the way in, what is theirs, and the right of reply.

Nothing here knows who is signed in. Opening and reading write nothing anywhere, and are logged nowhere.
"""

from __future__ import annotations

from review_app.web.reader import entrance, improvement, replying, shelf
from review_app.web.reader.audience import blueprint

__all__ = ["blueprint", "entrance", "improvement", "replying", "shelf"]
