"""What every room may use: errors and reports, values, text, addresses, small files, tools."""
