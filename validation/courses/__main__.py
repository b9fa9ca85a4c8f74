"""`python -m validation.courses`: compare both simulators on the shards that are missing."""

import argparse

from validation.courses.shards import carry_out_missing


def main() -> None:
    """Resume where the last run ended."""
    parser = argparse.ArgumentParser(prog="python -m validation.courses", description=__doc__)
    parser.add_argument("--workers", type=int, default=2, help="processes at a time")
    parser.add_argument("--shards", type=int, help="at most so many shards")
    given = parser.parse_args()
    carry_out_missing(given.workers, given.shards)


if __name__ == "__main__":
    main()
