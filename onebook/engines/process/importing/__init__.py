"""导入: records from xlsx, xls and csv files, by the same rules as typing, many at a time."""
