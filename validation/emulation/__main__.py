"""``python -m validation.emulation [--workers N] [--at-most N]``: run the shards that are missing."""

import argparse

from validation.emulation.shards import carry_out_missing

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--at-most", type=int, default=None)
    given = parser.parse_args()
    carry_out_missing(given.workers, given.at_most)
