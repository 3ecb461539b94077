"""What `archypix demo` shows: three servers, the people on them, their pictures, and a tour."""
