"""What a camera sees: a code on a piece of paper, drawn as a film that Chromium plays instead of a real camera."""

import io
from pathlib import Path

import barcode
from barcode.writer import ImageWriter
from PIL import Image

SIZE = (640, 480)
#: A film is played again and again from its beginning.
FRAMES = 5


def film(folder: Path, code: str) -> Path:
    """A film of an EAN-13 in the middle of a table; `code` is its thirteen digits."""
    paper = barcode.EAN13(code, writer=ImageWriter()).render({"module_width": 0.4, "quiet_zone": 6, "dpi": 150})
    scene = Image.new("RGB", SIZE, (225, 222, 214))
    paper.thumbnail((SIZE[0] - 120, SIZE[1] - 120))
    scene.paste(paper, ((SIZE[0] - paper.width) // 2, (SIZE[1] - paper.height) // 2))
    picture = io.BytesIO()
    scene.save(picture, "JPEG", quality=92)
    file = folder / f"{code}.mjpeg"
    file.write_bytes(picture.getvalue() * FRAMES)
    return file
