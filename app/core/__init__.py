"""What the domain knows by itself: plates, RUTs, dates, money. No web, no database."""
