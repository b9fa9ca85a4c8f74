"""One published source, as text and as BibTeX."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Citation:
    """A published source.

    Parameters
    ----------
    key
        BibTeX key, for example ``fay2013``.
    authors, year, title, journal, volume, pages, doi
        As printed; authors as ``Fay MP``, the volume with its number as ``14(4)``. ``doi`` may be empty.
    """

    key: str
    authors: str
    year: int
    title: str
    journal: str
    volume: str = ""
    pages: str = ""
    doi: str = ""

    @property
    def text(self) -> str:
        """The reference as one line of a bibliography."""
        place = ", ".join(part for part in (self.volume, self.pages) if part)
        tail = f" doi:{self.doi}" if self.doi else ""
        return (
            f"{self.authors} ({self.year}). {self.title}. {self.journal} {place}.".replace(" .", ".") + tail
        )

    @property
    def bibtex(self) -> str:
        """The reference as a BibTeX entry."""
        volume, _, number = self.volume.rstrip(")").partition("(")
        fields = {
            "author": " and ".join(_surname_first(one) for one in self.authors.split(", ")),
            "year": str(self.year),
            "title": "{" + self.title + "}",
            "journal": self.journal,
            "volume": volume,
            "number": number,
            "pages": self.pages.replace("–", "--"),
            "doi": self.doi,
        }
        body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        return f"@article{{{self.key},\n{body}}}\n"


def _surname_first(author: str) -> str:
    """``Fay MP`` as BibTeX reads it: ``Fay, M. P.``."""
    surname, _, initials = author.rpartition(" ")
    return f"{surname}, {' '.join(f'{one}.' for one in initials)}"
