"""Photos as people bring them: read with limits, encoded anew, so that nothing but the picture is kept."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from cheiron.core.errors import Invalid, Issue
from cheiron.core.text import Text, say

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
LEAST_SIDE, SIDE = 64, 512


def portrait(content: bytes) -> bytes:
    """The middle square as WebP of 512 pixels, upright; place, time, camera and whatever else was in the file is gone.

    Size is read from the head of the file before anything is unpacked, so that a small file that
    would unpack to a huge picture is refused unread.
    """
    if len(content) > MOST_BYTES:
        raise _refused(say("This photo has more than 8 megabytes."), say("Choose a smaller one."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _encoded(_opened(content))
    except UnidentifiedImageError:
        raise _refused(_not_a_photo(), say("Choose a file whose name ends in .jpg, .png or .webp.")) from None
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _refused(say("This photo cannot be read to its end."), say("Save it anew, or choose another.")) from None


def _not_a_photo() -> Text:
    return say("This is not a photo that we can read: it must be JPEG, PNG or WebP.")


def _refused(problem: Text, fix: Text) -> Invalid:
    return Invalid(problem, (Issue(problem, fix, column="photo"),))


def _opened(content: bytes) -> Image.Image:
    photo = Image.open(io.BytesIO(content), formats=FORMATS)
    if photo.width * photo.height > MOST_PIXELS:
        raise _refused(say("This photo has more than 40 million pixels."), say("Choose a smaller one."))
    if min(photo.size) < LEAST_SIDE:
        raise _refused(say("This photo is smaller than 64 pixels."), say("Choose a larger one."))
    photo.draft("RGB", (2 * SIDE, 2 * SIDE))
    return photo


def _encoded(photo: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(photo).convert("RGBA")
    ground = Image.new("RGBA", upright.size, "white")
    square = ImageOps.fit(Image.alpha_composite(ground, upright), (SIDE, SIDE)).convert("RGB")
    bare = Image.frombytes("RGB", square.size, square.tobytes())  # the pixels, and nothing that hung on them
    made = io.BytesIO()
    bare.save(made, "WEBP", quality=80)
    return made.getvalue()
