"""The pipeline: tagging services in their order, and the loop that keeps what they assign up to date."""
