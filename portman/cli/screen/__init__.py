"""The live screen of `portman watch`: what it shows, what keys do, and the terminal it is on."""
