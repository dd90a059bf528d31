"""Relations between businesses that are not one, and the patterns found through them."""
