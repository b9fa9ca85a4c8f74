"""What a world brings about, beside the published numbers that it should resemble."""
