"""The first pages: what waits for the person signed in, the search over everything, and what is said of the site."""
