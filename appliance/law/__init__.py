"""What the law of a place demands of a booth: settings in; what is unlawful in them, by key, out."""
