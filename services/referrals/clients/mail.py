"""E-mail out, over the SMTP server of the settings."""

from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import NamedTuple

import aiosmtplib

from shared.runtime.clock import utc_now

_SECONDS = 20.0
_FOR_GOOD = 500
"""Replies from here on are permanent: RFC 5321, section 4.2.1."""


class Refused(Exception):
    """The server will never take this message for this address."""


class Away(Exception):
    """The server cannot be reached, or takes nothing now."""


class Server(NamedTuple):
    """`tls` is from the first byte, `starttls` from the greeting on; neither is for a server on this machine."""

    host: str
    port: int
    sender: str
    tls: bool
    starttls: bool
    user: str | None = None
    password_file: Path | None = None


class Mail:
    def __init__(self, server: Server) -> None:
        self._server = server

    async def send(self, id_: str, to: str, subject: str, text: str) -> None:
        """Sent again under its `id_` it has the same Message-ID. Raises Refused or Away."""
        server = self._server
        try:
            await aiosmtplib.send(
                self._message(id_, to, subject, text),
                hostname=server.host,
                port=server.port,
                username=server.user,
                password=server.password_file.read_text(encoding="utf-8").strip() if server.password_file else None,
                use_tls=server.tls,
                start_tls=server.starttls,
                timeout=_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            permanent = all(one.code >= _FOR_GOOD for one in error.recipients)
            raise (Refused if permanent else Away) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Away from error

    def _message(self, id_: str, to: str, subject: str, text: str) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._server.sender, to, subject
        message["Date"] = format_datetime(utc_now())
        message["Message-ID"] = f"<{id_}@{self._server.sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message
