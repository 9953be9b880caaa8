"""Prints: a declaration and a record or report become data, data becomes pages, pages become a PDF."""
