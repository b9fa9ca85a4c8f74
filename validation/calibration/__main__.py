"""`python -m validation.calibration`: simulate if nothing is kept, and write the page and its picture."""

import sys

from validation.calibration.kept import carry_out_missing
from validation.calibration.page import write_page

if __name__ == "__main__":
    carry_out_missing()
    sys.stderr.write(f"{write_page()}\n")
