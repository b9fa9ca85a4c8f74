"""Citations as BibTeX reads them."""

import pytest

from equipoise.base.citations import CITATIONS


def test_bibtex_knows_surnames_from_initials() -> None:
    """Without a comma BibTeX takes the last word, here the initials, for the surname."""
    entry = CITATIONS["fay2013"].bibtex
    assert "author = {Fay, M. P. and Brittain, E. H. and Proschan, M. A.}," in entry
    assert "volume = {14},\n  number = {4},\n  pages = {723--736}," in entry


@pytest.mark.parametrize("key", sorted(CITATIONS))
def test_every_author_has_a_surname_and_initials(key: str) -> None:
    authors = CITATIONS[key].bibtex.split("author = {")[1].split("},")[0].split(" and ")
    for author in authors:
        surname, initials = author.split(", ")
        assert surname.split(" ")[-1][0].isupper()  # van Houwelingen
        assert all(one.endswith(".") and len(one) == 2 for one in initials.split(" "))
