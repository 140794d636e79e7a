"""A PDF of a few text lines and rules, written by hand: no library that makes PDFs is needed to read them."""

from __future__ import annotations

from dataclasses import dataclass, field

BODY, HEADING = 10, 16
LEFT, TOP, PITCH = 72, 770, 14


@dataclass
class Page:
    """Text from the top down. Sizes and places in points."""

    drawn: list[str] = field(default_factory=list)
    y: float = TOP

    def text(self, *lines: str, size: int = BODY, bold: bool = False, left: float = LEFT) -> Page:
        for line in lines:
            self._show(line, left, self.y, size, bold)
            self.y -= PITCH * size / BODY
        return self

    def gap(self) -> Page:
        self.y -= 1.5 * PITCH
        return self

    def heading(self, line: str) -> Page:
        self.gap()
        return self.text(line, size=HEADING, bold=True).gap()

    def table(self, *rows: tuple[str, ...], width: float = 110) -> Page:
        """A table with every cell ruled."""
        for row in rows:
            for at, cell in enumerate(row):
                left = LEFT + at * width
                self.drawn.append(f"{left} {self.y - 5} {width} {PITCH + 2} re S")
                self._show(cell, left + 4, self.y, BODY, bold=False)
            self.y -= PITCH + 2
        return self.gap()

    def _show(self, line: str, left: float, y: float, size: int, bold: bool) -> None:
        spelled = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        self.drawn.append(f"BT /{'F2' if bold else 'F1'} {size} Tf {left} {y} Td ({spelled}) Tj ET")


def pdf(*pages: Page, encrypted: bool = False) -> bytes:
    """The pages as a PDF 1.4."""
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        content = "\n".join(page.drawn)
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents {6 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(content.encode('cp1252'))} >>\nstream\n{content}\nendstream")
    return _file(objects, encrypted)


def _file(objects: list[str], encrypted: bool) -> bytes:
    body, places = b"%PDF-1.4\n", []
    for number, written in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{written}\nendobj\n".encode("cp1252")
    cross = "".join(f"{place:010d} 00000 n \n" for place in places)
    locked = f" /Encrypt << /Filter /Standard /V 1 /R 2 /O <{'41' * 32}> /U <{'42' * 32}> /P -4 >> /ID [<00> <00>]"
    trailer = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{cross}trailer\n"
        f"<< /Size {len(objects) + 1} /Root 1 0 R{locked if encrypted else ''} >>\nstartxref\n{len(body)}\n%%EOF\n"
    )
    return body + trailer.encode("cp1252")
