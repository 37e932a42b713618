"""Tables in a file: CSV, Excel, Parquet; a row a record."""
