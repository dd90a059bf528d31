"""What the token endpoint refuses with, in the words of RFC 6749, section 5.2."""

from enum import StrEnum

Whose = tuple[str, str]
"""An agency of the register, and the id there of its person or client."""


class OAuthError(StrEnum):
    invalid_request = "invalid_request"
    invalid_client = "invalid_client"
    invalid_grant = "invalid_grant"
    invalid_scope = "invalid_scope"
    unsupported_grant_type = "unsupported_grant_type"


class Refused(Exception):
    """No token. The description is for whoever set the client up, and never repeats what was sent. `whose` name it was
    tried in, if they are known."""

    def __init__(self, error: OAuthError, description: str, whose: Whose | None = None) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.whose = whose

    @property
    def status(self) -> int:
        return 401 if self.error is OAuthError.invalid_client else 400
