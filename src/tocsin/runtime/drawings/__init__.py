"""Drawings of a site that come from outside, as pictures and as shapes: read apart, and made anew by us."""
