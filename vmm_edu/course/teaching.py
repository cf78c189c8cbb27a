def key_page(c):
    return ""
