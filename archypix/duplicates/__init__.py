"""Pictures with the same content, pictures that look alike, and what their owner said of them."""
