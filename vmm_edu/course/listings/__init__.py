"""Models in other libraries, as the chapters show them and the tests against those libraries run them."""
