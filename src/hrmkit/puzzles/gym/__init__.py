"""The data sets of reasoning-gym whose question and answer are grids: `gym:NAME`."""
