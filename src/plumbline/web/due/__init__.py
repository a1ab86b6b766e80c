"""My work: what waits for the person signed in."""
