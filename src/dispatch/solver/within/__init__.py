"""The rules within a route, each written once: for machine code and for plain Python alike. Imports only itself."""
