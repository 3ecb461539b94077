"""What a media file is and shows: pure functions on files, without database or HTTP."""
