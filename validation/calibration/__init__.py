"""The reference world beside the published numbers: `python -m validation.calibration` writes docs/calibration.md."""
