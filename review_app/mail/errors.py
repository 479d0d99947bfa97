"""The one error of mail: it did not leave. It carries a category in our words, never the server's."""

from __future__ import annotations


class MailError(Exception):
    """A mail did not leave. ``is_final``: the server will never take it. ``is_server``: no mail can leave now.

    ``is_doubtful``: or it is this one mail that the server breaks off at; the next one tells. ``mend``: what the person
    who installed this can do, in a sentence that names the setting; "" when it mends itself.
    """

    def __init__(
        self,
        problem: str,
        *,
        mend: str = "",
        is_final: bool = False,
        is_server: bool = False,
        is_doubtful: bool = False,
    ) -> None:
        self.problem = problem
        self.mend = mend
        self.is_final = is_final
        self.is_server = is_server
        self.is_doubtful = is_doubtful
        super().__init__(problem)
