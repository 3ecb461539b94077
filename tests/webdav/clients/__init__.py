"""Programs that people really use with drives, each behind the same few words."""
