"""Which tables changed: stamps by which a page knows that what a browser has is still right."""
