"""`python -m validation`: run the shards that are missing, two at a time, and write the table."""

import sys
from concurrent.futures import ProcessPoolExecutor, as_completed

from validation import truths
from validation.anatomy import shards as anatomy
from validation.calibration import kept as calibration
from validation.calibration.page import write_page as write_calibration
from validation.courses import shards as courses
from validation.emulation import large
from validation.emulation import shards as emulation
from validation.fuzz import shards as fuzz
from validation.page import write_page
from validation.shards import all_shards, carry_out
from validation.shrinkage import shards as shrinkage


def main() -> None:
    """Resume where the last run ended."""
    missing = [shard for shard in all_shards() if not shard.path.exists()]
    sys.stderr.write(f"{len(missing)} of {len(all_shards())} shards to run\n")
    with ProcessPoolExecutor(max_workers=2) as pool:
        running = {pool.submit(carry_out, shard): shard for shard in missing}
        for done, future in enumerate(as_completed(running), 1):
            future.result()
            sys.stderr.write(f"{done}/{len(missing)} {running[future].path.name}\n")
    emulation.carry_out_missing()
    large.carry_out_missing()
    courses.carry_out_missing()
    shrinkage.carry_out_missing()
    truths.carry_out_missing()
    anatomy.carry_out_missing()
    calibration.carry_out_missing()
    fuzz.carry_out_missing()
    sys.stderr.write(f"{write_calibration()}\n")
    sys.stderr.write(f"{write_page()}\n")


if __name__ == "__main__":
    main()
