"""Pictures of other people in an account's own library: shares that were offered to it, and what came by them."""
