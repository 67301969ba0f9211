"""The human study kit: a page that raters open, and what their answers say."""
