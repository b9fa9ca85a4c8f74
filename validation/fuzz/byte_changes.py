"""Mutations of files as bytes and of documents as text."""

from collections.abc import Callable
from random import Random

LINES = (
    "<<: *base", "base: &base {a: 1}", "title: again", "\tx: 1", "--- ", "...", "%YAML 1.1\n---", "%TAG ! tag:x,2000:",
    "? [a, b]\n: c", "x: !!python/object/apply:os.system ['true']", "x: !include /etc/passwd", "- item", "x: [1, 2",
    "x: {a: 1", "x: 'a", 'x: "a', "x: |", "x:y", ": x", "- : -", "x: *unknown", "x: &a [*a]", "#", "\ufeff", "\x00",
    "x: \u202e", "x: @a", "x: %a", "x: a: b", "x : 1", "  x: 1", "{x: 1}", "null: 1", "1: 1", "true: 1", "~: 1",
    "x: 1e-4", "x: no", "x: 0o17", "x: 12:30", "x: 2020-01-01", "x: =", "\x85", "\u2028x: 1", "x: \x1b[0m",
)  # fmt: skip


def truncated(random: Random, content: bytes) -> tuple[bytes, str]:
    kept = random.choice(
        (0, 1, 3, len(content) // 2, max(len(content) - 1, 0), random.randrange(len(content) + 1))
    )
    return content[:kept], f"cut after {kept} of {len(content)} bytes"


def other_bytes(random: Random, content: bytes) -> tuple[bytes, str]:
    changed = bytearray(content)
    count = random.choice((1, 1, 2, 8, 100))
    for _ in range(min(count, len(changed))):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed), f"{count} byte(s) changed"


def inserted_bytes(random: Random, content: bytes) -> tuple[bytes, str]:
    place = random.randrange(len(content) + 1)
    extra = random.choice(
        (
            b"\x00",
            b"\xff",
            b"\xc3",
            b"\xed\xa0\x80",
            b"\r",
            b"\n" * 50,
            b"\x1a",
            b"\xef\xbb\xbf",
            b"\x00" * 500,
        )
    )
    return content[:place] + extra + content[place:], f"{extra[:4]!r} inserted"


def removed_part(random: Random, content: bytes) -> tuple[bytes, str]:
    first, last = sorted(random.randrange(len(content) + 1) for _ in range(2))
    return content[:first] + content[last:], f"bytes {first} to {last} removed"


def doubled(random: Random, content: bytes) -> tuple[bytes, str]:
    return content + content, "the whole content twice"


def other_file(random: Random, content: bytes) -> tuple[bytes, str]:
    heads = (
        b"", b"PK\x03\x04" + bytes(60), b"PAR1PAR1", b"%PDF-1.4", b"\x1f\x8b\x08", b"SQLite format 3\x00", b"<html></html>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\x00" * 4000, b"{}", b"[]", b"null", b"0", b"---", b"\n", b"\xff" * 9,
        b"{\\rtf1", bytes(range(256)), b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    )  # fmt: skip
    del content
    head = random.choice(heads)
    return head, f"another file that begins with {head[:12]!r}"


def in_other_encoding(random: Random, content: bytes) -> tuple[bytes, str]:
    encoding = random.choice(("utf-16", "utf-32", "latin-1", "utf-8-sig", "cp037"))
    text = content.decode("utf-8", errors="replace").replace("A", "Ä", 1)
    return text.encode(encoding, errors="replace"), f"in {encoding}"


def strange_line(random: Random, content: bytes) -> tuple[bytes, str]:
    lines = content.decode("utf-8", errors="replace").split("\n")
    line = random.choice(LINES)
    lines.insert(random.choice((0, random.randrange(len(lines) + 1))), line)
    return "\n".join(lines).encode("utf-8", errors="replace"), f"the line {line[:40]!r}"


def other_indent(random: Random, content: bytes) -> tuple[bytes, str]:
    lines = content.decode("utf-8", errors="replace").split("\n")
    place = random.randrange(len(lines))
    lines[place] = random.choice(("\t", " ", "      ", "")) + random.choice(
        (lines[place], lines[place].lstrip())
    )
    return "\n".join(lines).encode("utf-8", errors="replace"), f"line {place + 1} indented otherwise"


def exchanged_lines(random: Random, content: bytes) -> tuple[bytes, str]:
    lines = content.decode("utf-8", errors="replace").split("\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    if random.random() < 0.5:
        lines.insert(one, lines[other])
    return "\n".join(lines).encode(
        "utf-8", errors="replace"
    ), f"lines {one + 1} and {other + 1} change places"


def bomb(random: Random, content: bytes) -> tuple[bytes, str]:
    """Documents that grow when they are read."""
    layers = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 9))
    kinds = {
        "aliases": b"l0: &l0 [x]\n" + layers.encode() + content,
        "nesting": content + b"\nx: " + b"[" * 3000,
        "nested mappings": content + b"\n" + b"\n".join(b" " * n + b"a:" for n in range(300)),
        "a long key": content + b"\n" + b"k" * 5000 + b": 1\n",
        "many keys": content + b"".join(b"\nk%d: 1" % n for n in range(3000)),
        "a long text": content + b"\nx: " + b"a" * 300_000,
    }
    name = random.choice(list(kinds))
    return kinds[name], name


BYTES: tuple[Callable[[Random, bytes], tuple[bytes, str]], ...] = (
    truncated, other_bytes, inserted_bytes, removed_part, doubled, other_file, in_other_encoding,
)  # fmt: skip
TEXT = (
    *BYTES,
    strange_line,
    strange_line,
    strange_line,
    other_indent,
    other_indent,
    exchanged_lines,
    exchanged_lines,
    bomb,
)


def change_a_file(random: Random, files: dict[str, bytes], name: str) -> str:
    """One mutation of the bytes of one file."""
    changes = TEXT if name.endswith(".yaml") else BYTES
    files[name], told = random.choice(changes)(random, files[name])
    return f"{name}: {told}"
