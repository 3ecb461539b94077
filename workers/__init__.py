"""The media worker: claims jobs over HTTP, works on files, reports what it found."""
