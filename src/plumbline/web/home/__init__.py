"""The first pages: what waits for whoever is signed in, the search over everything, and what is said of the site."""
