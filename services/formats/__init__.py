"""One module for each format that needs a library: each lays a document out as a `Sheet`."""
