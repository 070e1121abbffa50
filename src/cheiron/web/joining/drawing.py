"""A QR code as a drawing within the page."""

from django.utils.safestring import SafeString, mark_safe


def qr_code(address: str) -> SafeString:
    """The address as a QR code, dark on light in every theme so that each camera reads it; no script, no style."""
    import segno

    code = segno.make(address, error="m")
    return mark_safe(code.svg_inline(svgclass="qr", lineclass=None, omitsize=True, light="#fff", border=3))
