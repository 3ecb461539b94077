-- How much of one server's messages waits for another try: it is counted before one more is put off.
CREATE INDEX inbox_backlog ON inbox_activities (lower(split_part(actor_uri, '/', 3))) WHERE state = 'due' AND attempts > 0;
