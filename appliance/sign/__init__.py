"""The sign of a booth: its settings in; the printable sheet for the street, and the page behind it, out."""
