"""What `./vod` does: start the site, test it, check it, look after it."""
