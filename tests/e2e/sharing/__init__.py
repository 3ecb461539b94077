"""Stories of pictures shared among three servers: what each person sees, and what each can fetch, at every step."""
