"""The web application in a real browser, against real servers."""
