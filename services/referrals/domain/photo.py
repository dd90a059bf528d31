"""Photographs: only the picture is kept. Where and with what it was taken nobody needs."""

from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

MEDIA_TYPES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
MOST_BYTES = 10 << 20
MOST_PIXELS = 50_000_000
_LONGEST_SIDE = 2560
_QUALITY = 85


class NotAPhoto(Exception):
    """The bytes are no picture of the type that was said, or a larger one than is taken."""


class Picture(NamedTuple):
    content: bytes
    media_type: str
    width: int
    height: int


def cleaned(content: bytes, media_type: str) -> Picture:
    """The picture upright, at most 2560 pixels long, written anew without any metadata. Raises NotAPhoto."""
    format_ = MEDIA_TYPES[media_type]
    try:
        with Image.open(BytesIO(content), formats=[format_]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NotAPhoto
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPhoto from error
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    written = BytesIO()
    bare.save(written, format_, quality=_QUALITY)
    return Picture(written.getvalue(), media_type, bare.width, bare.height)
