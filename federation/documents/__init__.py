"""ActivityStreams documents as plain JSON: strict reading, lenient terms, origins, and the contexts of our own."""
