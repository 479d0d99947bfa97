"""The journeys, one module each: plain functions over (session, now, ...). No Flask in them."""
