"""Stories of whole servers: what a person who starts one, imports into it and kills it sees."""
