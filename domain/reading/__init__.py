"""Read a decision's text: from lines to rows, from words to dates, with every doubt named."""
