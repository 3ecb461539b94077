-- Tokens that may do everything may also do what has been added since they were made.
UPDATE tokens SET scopes = scopes || ARRAY['people:read', 'people:write', 'collections:read', 'collections:write']
WHERE scopes @> ARRAY['pictures:read', 'pictures:write', 'tags:read', 'tags:write', 'account:read', 'account:write',
    'events:read', 'admin'];
