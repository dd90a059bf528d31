"""What the token endpoint refuses with, in the words of RFC 6749, section 5.2."""

from enum import StrEnum

from shared.runtime.errors import AppError


class OAuthError(StrEnum):
    invalid_request = "invalid_request"
    invalid_client = "invalid_client"
    invalid_grant = "invalid_grant"
    invalid_scope = "invalid_scope"
    unsupported_grant_type = "unsupported_grant_type"


class Refused(AppError):
    """No token. The description is for whoever set the client up, and never repeats what was sent."""

    def __init__(self, error: OAuthError, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
